/* berth.js - makes better what works without it: counts characters, and fetches the examiner's report as one types.
 *
 * Loaded behind the page.  Keeps nothing, asks nobody but this site. */
'use strict';

/* How many characters are left, for who looks and, after a pause, for who listens. */
function count(control) {
	const size = Number(control.dataset.size);
	const said = document.createElement('p');

	said.className = 'hint';
	said.setAttribute('role', 'status');
	control.after(said);

	const say = () => {
		const left = size - [...control.value].length;
		const number = Math.abs(left) === 1 ? '1 character' : `${Math.abs(left)} characters`;
		said.textContent = left < 0 ? `${number} too many` : left < size ? `${number} left` : '';
		said.classList.toggle('error', left < 0);
	};
	let timer = 0;
	control.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(say, 500);
	});
	say();
}

/* What the examiner says of a form, in an element with data-report, the address to ask.  What its first element says is
 * read out in #report-said. */
function report(place) {
	const form = place.closest('form');
	const said = document.getElementById('report-said');
	let timer = 0;
	let asked = null;

	const ask = async () => {
		asked?.abort();
		asked = new AbortController();
		try {
			const answer = await fetch(place.dataset.report, {
				method: 'POST',
				body: new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string')),
				signal: asked.signal,
			});
			if (!answer.ok) {
				return;
			}
			const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
			if (said !== null) {
				said.textContent = page.body.firstElementChild?.textContent ?? '';
			}
			place.replaceChildren(...page.body.childNodes);
		} catch {
			/* The report comes with the next change, or with the form. */
		}
	};
	form.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(ask, 700);
	});
}

document.querySelectorAll('[data-size]').forEach(count);
document.querySelectorAll('[data-report]').forEach(report);
