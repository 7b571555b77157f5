#include "tests/unit/proto/verify/replay_logs.h"

struct log forty, three_hundred;
struct files files40, files300;
struct hash root40, root300;

int make_logs(void **state)
{
    (void)state;
    log_fill(&forty, 40);
    log_fill(&three_hundred, 300);
    files_make(&files40, &forty, 40);
    files_make(&files300, &three_hundred, 300);
    log_root(&forty, 40, &root40);
    log_root(&three_hundred, 300, &root300);
    return 0;
}

int free_logs(void **state)
{
    (void)state;
    files_free(&files40);
    files_free(&files300);
    log_free(&forty);
    log_free(&three_hundred);
    return 0;
}

const char *path_of(const struct file *file)
{
    char path[TILE_PATH_MAX];
    tile_path(path, &file->tile);
    return text_of("%s", path);
}

bool stop_at_second(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *calls = ctx;
    return done < size && ++*calls < 2;
}
