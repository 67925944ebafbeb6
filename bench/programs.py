"""programs.py - compiles the C programs of the benchmark into build/bench.

Called by run.py once.  A program that needs libberth is left out, with a line that says so, as long as
there is no libberth beside berthd; its rows then say what is missing.
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Names are bound at the start, as Debian builds its own programs: else each forked child would bind them again.
COMPILER = ['cc', '-std=gnu17', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Wl,-z,relro,-z,now']
NO_C_LIBRARY = ['-nostdlib', '-static', '-s', '-fno-stack-protector',
                '-fno-asynchronous-unwind-tables', '-fcf-protection=none',
                '-Wl,--build-id=none,-z,noseparate-code,-n']

PROGRAMS = {
    'load': (['load.c', 'load_call.c', 'load_stats.c'], []),
    'bare': (['bare.c'], []),
    'tiny': (['tiny.c'], NO_C_LIBRARY),
    'glibc_service': (['glibc_service.c'], []),
    'bulk': (['bulk.c'], []),
    'services': (['services.c'], []),
}
WORKERS = ('worker', 'fork_worker')
LAYERS = ('client', 'rendezvous', 'wire', 'config', 'loop', 'os', 'base')  # in the order of linking


def compile_one(output, sources, arguments):
    """Returns true when the program was compiled; what the compiler says goes to standard error."""
    paths = [str(HERE / source) for source in sources]
    return subprocess.run([*COMPILER, '-o', output, *paths, *arguments], check=False).returncode == 0


def compile_workers(context):
    """The workers have what they need of libberth inside, so that any user can start a copy of them."""
    folder = (context.programs / 'berthd').resolve().parent
    archives = [str(folder / f'lib{layer}.a') for layer in LAYERS]
    if not all(pathlib.Path(archive).exists() for archive in archives):
        print(f'bench: no libraries in {folder}, so no workers', file=sys.stderr)
        return
    for name in WORKERS:
        compile_one(context.build / name, [f'{name}.c'], [f'-I{HERE.parent}/include', *archives])


def compile_classify(context):
    """The classifier and its descriptions, from the library of the release build."""
    folder = (context.programs / 'berthd').resolve().parent
    archives = [str(folder / f'lib{layer}.a') for layer in ('description', 'config', 'base')]
    if not all(pathlib.Path(archive).exists() for archive in archives):
        print(f'bench: no libraries in {folder}, so no classify', file=sys.stderr)
        return
    includes = [f'-I{HERE.parent}/src', f'-I{HERE.parent}/tests/unit']
    compile_one(context.build / 'classify', ['classify.c'], [*includes, *archives, '-lm'])


def compile_all(context):
    """Ends the run when a program is missing that every suite needs."""
    context.build.mkdir(parents=True, exist_ok=True)
    for name, (sources, arguments) in PROGRAMS.items():
        if not compile_one(context.build / name, sources, arguments):
            sys.exit(f'bench: {name} could not be compiled')
    compile_workers(context)
    compile_classify(context)
