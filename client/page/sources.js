// Where a replay reads a log's files: {bytes}, {missing: true} or {unreadable: true}.

// Files of a folder that the reader chose: Map(path -> File).
export function folderSource(files) {
    return async (path, max) => {
        const file = files.get(path);
        if (file === undefined)
            return [...files.keys()].some((p) => p.startsWith(`${path}/`)) ? { unreadable: true }
                : { missing: true };
        try {
            return file.size > max ? { tooLarge: true }
                : { bytes: new Uint8Array(await file.arrayBuffer()) };
        } catch {
            return { unreadable: true };
        }
    };
}

// The log's own files, below this address. Nothing but its own host is asked.
export function servedSource(base) {
    return async (path, max) => {
        try {
            const got = await fetch(new URL(path, base), { redirect: 'error', cache: 'no-store',
                                                           credentials: 'omit' });
            if (got.status === 404 || got.status === 410)
                return { missing: true };
            if (got.status !== 200 || (got.headers.get('content-type') ?? '').includes('html'))
                return { unreadable: true };
            const bytes = new Uint8Array(await got.arrayBuffer());
            return bytes.length > max ? { tooLarge: true } : { bytes };
        } catch {
            return { unreadable: true };
        }
    };
}

// The folder that holds `checkpoint`, of files with paths: Map(path below it -> File).
export function mirrorFiles(list) {
    const path = (f) => f.webkitRelativePath || f.name;
    const checkpoint = list.filter((f) => f.name === 'checkpoint')
        .sort((a, b) => path(a).length - path(b).length)[0];
    const folder = checkpoint ? path(checkpoint).slice(0, -'checkpoint'.length) : '';
    return new Map(list.filter((f) => path(f).startsWith(folder))
        .map((f) => [path(f).slice(folder.length), f]));
}
