/* services.c - what getservbyname and getservbyport cost with one service of nsswitch.conf: `services files`, then
 * `services berth` with libnss_berth.so.2 where the linker looks and BERTH_PUBLISHED naming a registry.
 *
 * Each figure is the best of some rounds: what the machine does beside it only ever adds. */
#include <arpa/inet.h>
#include <netdb.h>
#include <nss.h>
#include <stdio.h>
#include <time.h>

enum { ROUNDS = 15, CALLS = 1000 };

struct question {
	const char *name;
	int port;
};

static const struct question questions[] = {
	{ "ssh", 22 }, { "http", 80 }, { "postgresql", 5432 }, { "no-such", 9999 }
};

static double now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void ask_name(const struct question *question)
{
	(void)getservbyname(question->name, "tcp");
}

static void ask_port(const struct question *question)
{
	(void)getservbyport(htons((uint16_t)question->port), "tcp");
}

static double best_us(void (*ask)(const struct question *question), const struct question *question)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now_us();
		for (int call = 0; call < CALLS; call++) {
			ask(question);
		}
		double each = (now_us() - start) / CALLS;
		best = each < best ? each : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	if (argc != 2 || __nss_configure_lookup("services", argv[1]) != 0) {
		(void)fprintf(stderr, "usage: services files|berth\n");
		return 2;
	}
	double start = now_us();
	ask_name(&questions[0]);
	(void)printf("%s\tfirst\t%.1f us\n", argv[1], now_us() - start);
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		(void)printf("%s\t%s\t%.2f us\n", argv[1], questions[i].name, best_us(ask_name, &questions[i]));
		(void)printf("%s\t%d\t%.2f us\n", argv[1], questions[i].port, best_us(ask_port, &questions[i]));
	}
	return 0;
}
