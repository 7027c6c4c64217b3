# man: pages are mdoc sources as they are; `make install` compresses nothing.
MAN_PAGES := $(wildcard man/*.[1-9])
install: install-man
.PHONY: install-man
install-man:
	@for p in $(MAN_PAGES); do s=$${p##*.}; \
		install -D -m 644 $$p $(DESTDIR)$(PREFIX)/share/man/man$$s/$${p##*/}; done
