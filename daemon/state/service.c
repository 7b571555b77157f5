#include "daemon/state/service.h"

#include "daemon/host/metrics.h"
#include "daemon/state/log_mark.h"
#include "daemon/store/store.h"
#include "proto/sys/clock.h"

void service_measure(struct service *service)
{
    atomic_store(&service->room, store_room(service->store));
}

void newest_set(struct newest *n, const struct tip *tip)
{
    struct snapshot *next = snapshot_new(&n->edge, tip);
    pthread_mutex_lock(&n->lock);
    struct snapshot *before = n->snapshot;
    n->snapshot = next;
    n->size = tip->edge.frontier.size;
    edge_root(&tip->edge, &n->root);
    memcpy(n->note, tip->checkpoint, tip->checkpoint_length);
    n->note_length = tip->checkpoint_length;
    pthread_mutex_unlock(&n->lock);
    snapshot_release(before);
    metric_set(METRIC_TREE_SIZE, (int64_t)tip->edge.frontier.size);
}

struct snapshot *newest_snapshot(struct newest *n)
{
    pthread_mutex_lock(&n->lock);
    struct snapshot *s = snapshot_keep(n->snapshot);
    pthread_mutex_unlock(&n->lock);
    return s;
}

size_t newest_get(struct newest *n, uint64_t *size, struct hash *root, char *note)
{
    pthread_mutex_lock(&n->lock);
    *size = n->size;
    *root = n->root;
    if (note != NULL)
        memcpy(note, n->note, n->note_length);
    size_t length = n->note_length;
    pthread_mutex_unlock(&n->lock);
    return length;
}

int service_mark(struct service *s, const struct tip *tip)
{
    struct marked says = { .size = tip->edge.frontier.size };
    if (s->mark == NULL)
        return 0;
    edge_root(&tip->edge, &says.root);
    int64_t began = clock_steady_us();
    int failed = log_mark_write(s->mark, &says);
    metric_add(METRIC_MARK_US, clock_steady_us() - began);
    return failed;
}
