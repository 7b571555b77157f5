/* A casebook as a file. */
#include "client/audit/casebook_intake.h"

static int each_shelf(struct casebook *cb, int (*visit)(struct shelf *s, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    struct shelf *shelves[] = { &cb->rows,  &cb->requests, &cb->warrants, &cb->subjects,
                                &cb->lists, &cb->text,     &cb->named,    &cb->signers };
    for (size_t i = 0; i < sizeof shelves / sizeof *shelves; i++)
        if (visit(shelves[i], f) != 0)
            return -1;
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (visit(&indexes[i]->items, f) != 0 || visit(&indexes[i]->heads, f) != 0)
            return -1;
    return 0;
}

static int each_key(struct casebook *cb, size_t (*move)(uint8_t *key, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (move(indexes[i]->key, f) != INDEX_KEY_BYTES)
            return -1;
    return 0;
}

static size_t write_key(uint8_t *key, FILE *to)
{
    return fwrite(key, 1, INDEX_KEY_BYTES, to);
}

static size_t read_key(uint8_t *key, FILE *from)
{
    return fread(key, 1, INDEX_KEY_BYTES, from);
}

int casebook_save(struct casebook *cb, FILE *to)
{
    return fwrite(&cb->last, sizeof cb->last, 1, to) == 1 &&
                   fwrite(&cb->disordered, sizeof cb->disordered, 1, to) == 1 &&
                   each_key(cb, write_key, to) == 0
               ? each_shelf(cb, shelf_save, to)
               : -1;
}

/* What a reference looks like follows from it, and is not saved. Returns 0, or -1 where there is
 * no such text. */
static int take_saved_looks(struct casebook *cb, uint32_t number)
{
    const struct warrant *w = shelf_at(&cb->warrants, number);
    if (w->ref == 0 || w->ref > cb->text.n || cb->text.p[cb->text.n - 1] != 0)
        return -1;
    casebook_take_looks(cb, number);
    return 0;
}

int casebook_load(struct casebook *cb, FILE *from)
{
    int failed = fread(&cb->last, sizeof cb->last, 1, from) == 1 &&
                         fread(&cb->disordered, sizeof cb->disordered, 1, from) == 1 &&
                         each_key(cb, read_key, from) == 0
                     ? each_shelf(cb, shelf_load, from)
                     : -1;
    for (uint32_t i = 0; failed == 0 && i < cb->warrants.n; i++)
        failed = take_saved_looks(cb, i);
    return failed;
}
