"""What a test of the page says, as TAP: a line for each thing that is looked at, and the count."""
done = failed = 0


def tell(good, what, why=''):
    global done, failed
    done += 1
    failed += not good
    print(f'{"" if good else "not "}ok {done} - {what}{"" if good else f": {why}"}', flush=True)


def equal(what, got, want):
    tell(got == want, what, f'got {got!r}, expected {want!r}')


def plan():
    """The last line. Returns the exit status."""
    print(f'1..{done}')
    return 1 if failed else 0
