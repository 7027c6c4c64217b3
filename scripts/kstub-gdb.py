# kstub-gdb.py - gdb: the symbols of loaded modules appear and go by themselves
#
# The kernel calls the empty function port_event() after every change of its list of modules
# (kernel/module_port.h). Where a module's object file lies and where its sections went is in
# the symbols insmod exports with it: __insmod_NAME_O<path>_M<mtime>_V<version> and
# __insmod_NAME_S<section>_L<length>.
import re

import gdb

FILE = re.compile(r"^__insmod_(.+)_O(/.*)_M[0-9A-F]+_V-?\d+$")
SECTION = re.compile(r"^__insmod_(.+)_S(\.[^_]+)_L\d+$")


def modules():
    """(name, address of the header, list of (symbol, value)) of every module."""
    mod = gdb.lookup_type("struct mod")
    head = gdb.lookup_global_symbol("mod_list").value()
    offset = next(f.bitpos // 8 for f in mod.fields() if f.name == "list")
    node = head["next"]
    while int(node) != int(head.address):
        m = gdb.Value(int(node) - offset).cast(mod.pointer()).dereference()
        name = m["name"].address.cast(gdb.lookup_type("char").pointer()).string()
        if name:
            count = int(m["nsyms"]) if int(m["size"]) else 0
            symbols = [
                (m["syms"][i]["name"].string(errors="replace"), int(m["syms"][i]["value"]))
                for i in range(count)
            ]
            yield name, int(m["header"]), symbols
        node = node["next"]


class Modules(gdb.Breakpoint):
    """Stops nobody; keeps gdb's symbol files in step with the kernel's list."""

    def __init__(self):
        super().__init__("port_event", internal=True)
        self.silent = True
        self.known = {}  # header address: address of .text, None without an object file

    def stop(self):
        pagination = gdb.parameter("pagination")
        gdb.execute("set pagination off")
        self.update()
        gdb.execute("set pagination %s" % ("on" if pagination else "off"))
        return False

    def update(self):
        present = {}
        for name, header, symbols in modules():
            present[header] = (name, symbols)
        for header in [h for h in self.known if h not in present]:
            if self.known[header] is not None:
                gdb.execute("remove-symbol-file -a %#x" % self.known[header], to_string=True)
            del self.known[header]
        for header, (name, symbols) in present.items():
            if header not in self.known and symbols:
                self.known[header] = self.load(name, symbols)

    def load(self, name, symbols):
        path, sections = None, {}
        for symbol, value in symbols:
            found = FILE.match(symbol)
            if found:
                path = found.group(2)
            found = SECTION.match(symbol)
            if found:
                sections[found.group(2)] = value
        if path is None or not sections:
            return None
        where = " ".join("-s %s %#x" % s for s in sections.items())
        try:
            gdb.execute("add-symbol-file %s %s" % (path, where), to_string=True)
            print("[%s: symbols from %s]" % (name, path))
        except gdb.error as e:
            print("[%s: %s]" % (name, e))
            return None
        return next(iter(sections.values()))


follow = Modules()
try:
    follow.update()
except gdb.MemoryError:
    pass  # not booted yet: no memory is mapped where the list lies
