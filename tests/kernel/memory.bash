# memory.bash - is the memory of a kernel what it was?

# The account of memory, less what the processes that serve the calls take: it is whole pages
# that come and go with them.
memory_now() { kcall cat /proc/meminfo | grep -vE '^(MemFree|PageTables|AnonPages|KernelStack|Slab):'; }

# What is in use once the processes of earlier calls are gone.
memory() { steady memory_now; }

same_memory() { [ "$(memory_now)" = "$1" ]; }

# nothing_left BEFORE: memory() says again what it said.
nothing_left() { until_true 10 same_memory "$1" || diff <(echo "$1") <(memory); }
