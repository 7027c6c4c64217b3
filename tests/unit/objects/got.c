/* got.c - position independent code, to be linked by libobj and run (obj-got.c); run32.c links
 * it too, in the usual way, and must get the same answer */
int counter = 5;
static int local = 7;
int table[3] = {1, 2, 3};
extern int i, later;
int i = 11;
char *s = "word";

static int twice(int x)
{
	return x * 2 + local;
}

int thrice(int x);
int thrice(int x)
{
	counter++;
	return x * 3;
}

static int (*const functions[])(int) = {twice, thrice};
int (*chosen)(int) = thrice;
int later;

int answer(void);
int answer(void)
{
	int sum = counter * 1000 + local;

	later = 3;
	for (int n = 0; n < 3; n++)
		sum += table[n] * functions[n & 1](n + i) + s[n];
	sum = sum * 31 + chosen(counter) + later;
	switch (sum & 7) {
	case 0:
		return sum + 10;
	case 1:
		return sum + 21;
	case 2:
		return sum + 32;
	case 3:
		return sum + 43;
	case 4:
		return sum + 54;
	case 5:
		return sum + 65;
	case 6:
		return sum + 76;
	}
	return sum + 87;
}
