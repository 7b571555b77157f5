// The log that serves this page, if one does.
export const served = { operators: false };

export async function startServed() {
    if (location.protocol === 'file:')
        return;
    try {
        const got = await fetch('checkpoint', { cache: 'no-store' });
        served.operators = got.ok && (got.headers.get('content-type') ?? '').startsWith('text/plain');
    } catch {
        served.operators = true; // nobody knows: the lesser claim
    }
}

export function servedView() {
    return [];
}
