#include "proto/sys/page.h"

__asm__(".pushsection .rodata\npage_bytes:\n.incbin \"build/page/bitacora.html\"\n"
        "page_bytes_end:\n.byte 0\n.popsection\n");
extern const uint8_t page_bytes[] __attribute__((visibility("hidden")));
extern const uint8_t page_bytes_end[] __attribute__((visibility("hidden")));

struct span page_file(void)
{
    return span_of(page_bytes, (uintptr_t)page_bytes_end - (uintptr_t)page_bytes);
}
