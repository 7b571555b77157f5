"""Copies of C sources in which every check can be changed: removed, inverted, off by one.

A mutant is one such change. Its name says where it is, without line numbers, so that edits elsewhere do not change it:

    FILE FUNCTION HOW: TEXT [#N]

TEXT is the source of what is changed, with single spaces; #N counts those of the same name in a function, from the second on.
HOW is one of these:

    never    a condition (or a bool that is stored, passed or returned) is false, whatever it says
    always   it is true
    drop     an operand of && or || does not count
    bound    < is <=, <= is <, > is >=, >= is >
    last     a for loop leaves out its last round
    return   what is returned is 0: of a check, that all is well (not where a refusal is all that an if does: see never)
    store    the enum value that is stored is the one of value 0
    case     a case of a switch is not known: the default is taken
    call     a call whose result nobody uses is left out

Whatever an expression does besides, it still does: only its value changes.

What only asks whether there was memory has no mutants: the scenarios 46-no-room and the unit tests of memory make each
allocation of what they run fail in turn. Nor has what only frees or wipes, or locks: sanitizers see what is left, or what races. Of the client what
prints sentences for people has none, and no choice of a language: 24-words reads these.
"""
import re

from clang import cindex
from clang.cindex import CursorKind as K, TypeKind as T

PER_FILE = 4096  # mutants of one file have numbers of their own
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-I."]

# Calls that check nothing. What they release or wipe is seen by sanitizers, what they write by whoever reads it.
NO_CHECK = re.compile(r"(^|_)(free|memzero|bzero|wipe)$|^(pthread_mutex_|buf_add|buf_reset|buf_reserve|mem(cpy|move|set)$|qsort|sn?printf|f?printf|say|put|json_|sodium_|randombytes_|lost$|terminal_print|print|\w+_print$|trouble_found$|trust_say_)")
FREES = re.compile(r"_(free|wipe)$")  # functions that judge nothing
PRINTS = re.compile(r"^client/\S+ (print|say_(?!\w*json)|\w+_print$)")  # nor do these of the client
OF_MEMORY = re.compile(r"memory|MEMORY|(->|\.)failed\b|\bcopy_\w+\(.*\)\)* == NULL$|\blost_any\(\)")
LANGUAGE = re.compile(r"language_get\(\)|^spanish$")
ALLOCATED = re.compile(r"((?:\w+(?:->|\.))*\w+) = (?:kept\(|(?:malloc|calloc|realloc|strdup|json_pack|json_array|json_object|kept_\w+|copy_\w+|make_\w+\(\w*\) \? calloc)\()")
SAYS_MEMORY = re.compile(r"return [^;?]*MEMORY[^;?]*;|[^;]*(->|\.)failed = true;")  # all that an if does
RELATIONS = {"<", "<=", ">", ">="}
EQUALITIES = {"==", "!="}
LOGICAL = {"&&": True, "||": False}  # the value of an operand that does not count


def constants_in(texts):
    """{name: "true" or "false"} of functions that return nothing else, as those that tell of something and refuse: no mutant can
    change what they return."""
    bodies = {}
    for text in texts:
        for name, body in re.findall(r"^(?:static )?bool (\w+)\([^;{]*\)\n\{\n(.*?)^\}", text, re.M | re.S):
            bodies[name] = [" ".join(r.split()) for r in re.findall(r"\breturn ([^;]*);", body)]
    known, before = {}, None
    while before != known:
        before = dict(known)
        for name, returns in bodies.items():
            values = {known.get(r.split("(")[0], r) for r in returns}
            if len(values) == 1 and values <= {"true", "false"}:
                known[name] = values.pop()
    return known


class Source:
    """One file while it is looked at: its mutants, and what is to be written around its expressions."""

    def __init__(self, path, number, constants):
        self.path = path
        self.constants = constants
        self.base = number * PER_FILE
        self.mutants = []  # (number, name)
        self.names = {}
        self.wraps = []  # (start, end, order, before, after)
        self.function = ""
        self.allocated = set()  # variables of the function that are NULL where there was no memory
        self.returns = None
        self.only_memory = False  # the condition that is looked at, where it holds, says no more than that there is no memory
        with open(path, "rb") as f:
            self.bytes = f.read()

    # ---- text ----------------------------------------------------------------------------------

    def text(self, start, end):
        return self.bytes[start:end].decode()

    def words(self, start, end):
        return " ".join(self.text(start, end).split())

    def here(self, node):
        start = node.extent.start
        return start.file is not None and start.file.name == self.path

    @staticmethod
    def span(node):
        return node.extent.start.offset, node.extent.end.offset

    def starts(self, node, word):
        return self.bytes.startswith(word.encode(), node.extent.start.offset)

    def between(self, a, b):
        """The text between two nodes; None where a macro has both."""
        start, end = a.extent.end.offset, b.extent.start.offset
        return self.text(start, end) if start <= end else None

    # ---- mutants -------------------------------------------------------------------------------

    def of_memory(self, text):
        null = re.fullmatch(r"(.*\S) [!=]= NULL", text)
        return OF_MEMORY.search(text) or null and null.group(1) in self.allocated

    def mutant(self, how, start, end):
        """Its number; 0 where there is none."""
        text = self.words(start, end)
        if self.of_memory(text) or LANGUAGE.search(text) or self.only_memory and how in ("never", "drop"):
            return 0
        name = "%s %s %s: %s" % (self.path, self.function, how, text)
        again = self.names[name] = self.names.get(name, 0) + 1
        number = self.base + len(self.mutants) + 1
        assert len(self.mutants) + 1 < PER_FILE
        self.mutants.append((number, name if again == 1 else "%s #%d" % (name, again)))
        return number

    def wrap(self, start, end, before, after):
        self.wraps.append((start, end, len(self.wraps), before, after))

    def transformed(self):
        """The file with all that is to be written around its expressions."""
        events = []
        for start, end, order, before, after in self.wraps:
            # At one place: what ends, the inner first; then what starts, the outer first.
            events.append((start, 1, -end, order, before))
            events.append((end, 0, -start, -order, after))
        out, at = [], 0
        for place, _, _, _, text in sorted(events, key=lambda e: e[:4]):
            out += [self.bytes[at:place], text.encode()]
            at = place
        return b'#line 1 "%s"\n' % self.path.encode() + b"".join(out) + self.bytes[at:]


def bare(node):
    """Without what the compiler adds, and without parentheses."""
    while node.kind in (K.UNEXPOSED_EXPR, K.PAREN_EXPR):
        inner = list(node.get_children())
        if len(inner) != 1:
            break
        node = inner[0]
    return node


def operator(src, node):
    """(operator, left, right) of a binary expression as it is written here, or None."""
    if node.kind not in (K.BINARY_OPERATOR, K.COMPOUND_ASSIGNMENT_OPERATOR):
        return None
    left, right = list(node.get_children())
    text = src.between(left, right)
    if text is None:
        return None
    # Parentheses of the operands belong to them; comments do not stand here.
    return text.strip(), left, right


def is_bool(kind):
    return kind.get_canonical().kind == T.BOOL


def is_enum(kind):
    return kind.get_canonical().kind == T.ENUM


def literal(src, node):
    """The text of a constant, or None."""
    start, end = src.span(node)
    text = src.words(start, end)
    return text if re.fullmatch(r"-?\d+[uUlL]*|true|false|NULL|[A-Z][A-Z0-9_]*", text) else None


# ---- conditions ----------------------------------------------------------------------------------


def condition(src, node, loop=False):
    """Where only a truth counts: a condition, or a bool that goes somewhere."""
    inner = bare(node)
    op = operator(src, inner)
    if op and op[0] in LOGICAL:
        neutral = LOGICAL[op[0]]
        # The other value is what dropping an operand does, or less.
        force(src, inner, always=not neutral, never=neutral)
        operands(src, inner, op[0])
        return
    atom(src, inner, True, True, loop)


def force(src, node, always, never):
    start, end = src.span(node)
    if node.kind == K.CALL_EXPR and node.spelling in src.constants:
        always, never = (always and src.constants[node.spelling] == "false"), (never and src.constants[node.spelling] == "true")
    t = src.mutant("always", start, end) if always else 0
    f = src.mutant("never", start, end) if never else 0
    src.wrap(start, end, "mutant_bool(%d, %d, " % (t, f), ")")


def atom(src, node, always, never, loop=False):
    start, end = src.span(node)
    if src.words(start, end) in ("true", "false"):
        always, never = (src.words(start, end) == "false", src.words(start, end) == "true")
    if loop:
        always = False  # it would not end
    force(src, node, always, never)
    inside(src, node, loop)


def inside(src, node, loop=False):
    """What stands in an expression whose truth is changed already."""
    op = operator(src, node)
    if op and op[0] in RELATIONS:
        relation(src, node, op, loop)
    if op and op[0] in RELATIONS | EQUALITIES:
        for side in op[1:]:
            walk(src, side)
        return
    if node.kind == K.UNARY_OPERATOR and src.starts(node, "!"):
        inner = bare(next(node.get_children()))
        op = operator(src, inner)
        if op and op[0] in LOGICAL:
            operands(src, inner, op[0])
            return
        inside(src, inner)
        return
    for child in node.get_children():
        walk(src, child)


def relation(src, node, op, loop):
    start, end = src.span(node)
    left, right = src.span(op[1]), src.span(op[2])
    if loop and op[0] not in ("<",):
        return
    number = src.mutant("last" if loop else "bound", start, end)
    a, b = "mutant_l%d" % number, "mutant_r%d" % number
    when = "%s < %s && %s + 1 >= %s" % (a, b, a, b) if loop else "%s == %s" % (a, b)
    src.wrap(left[0], left[1], "({ __auto_type %s = (" % a, "); ")
    # The operator goes away: it stands between the operands.
    src.wrap(left[1], right[0], "/* ", " */ ")
    src.wrap(right[0], right[1], "__auto_type %s = (" % b, "); mutant_flip(%d, %s %s %s, %s); })" % (number, a, op[0], b, when))


def operands(src, node, word):
    for side in operator(src, node)[1:]:
        inner = bare(side)
        op = operator(src, inner)
        if op and op[0] == word:
            operands(src, inner, word)
            continue
        start, end = src.span(inner)
        if src.constants.get(inner.spelling) == str(LOGICAL[word]).lower() and inner.kind == K.CALL_EXPR:
            inside(src, inner)
            continue
        number = src.mutant("drop", start, end)
        t, f = (number, 0) if LOGICAL[word] else (0, number)
        src.wrap(start, end, "mutant_bool(%d, %d, " % (t, f), ")")
        if op and op[0] in LOGICAL:
            operands(src, inner, op[0])
        else:
            inside(src, inner)


# ---- statements ----------------------------------------------------------------------------------


def for_condition(src, node):
    """The condition of a for loop: what stands between its semicolons, if anything does."""
    depth, marks = 0, []
    for token in node.get_tokens():
        word = token.spelling
        if word in "([{":
            depth += 1
        elif word in ")]}":
            depth -= 1
            if depth == 0:
                break
        elif word == ";" and depth == 1:
            marks.append(token.extent.start.offset)
    if len(marks) != 2:
        return None
    for child in node.get_children():
        if marks[0] < child.extent.start.offset and child.extent.end.offset <= marks[1]:
            return child
    return None


def loop_or_if(src, node):
    children = list(node.get_children())
    keyword = {K.IF_STMT: "if", K.WHILE_STMT: "while", K.FOR_STMT: "for", K.DO_STMT: "do", K.CONDITIONAL_OPERATOR: ""}[node.kind]
    chosen = None
    if node.kind == K.CONDITIONAL_OPERATOR:
        chosen = children[0] if (src.between(children[0], children[1]) or "").strip() == "?" else None
    elif src.starts(node, keyword):
        chosen = for_condition(src, node) if keyword == "for" else children[-1] if keyword == "do" else children[0]
    for child in children:
        if chosen is not None and child == chosen:
            src.only_memory = keyword == "if" and says_memory(src, child, children)
            condition(src, child, loop=keyword in ("for", "while", "do"))
            src.only_memory = False
        else:
            walk(src, child)


def says_memory(src, asked, children):
    """Whether all that an if does is to say that there is no memory. Of && each operand is a check still."""
    op = operator(src, bare(asked))
    does = src.words(*src.span(children[1])).strip("{} ")
    if not does.endswith(";"):
        does += ";"
    return len(children) == 2 and not (op and op[0] == "&&") and SAYS_MEMORY.fullmatch(does) is not None


def returned(src, node):
    children = list(node.get_children())
    if not children or not src.starts(node, "return"):
        return
    value = bare(children[0])
    op = operator(src, value)
    if is_bool(src.returns) or (op and op[0] in EQUALITIES | RELATIONS | set(LOGICAL)):
        if value.kind == K.CONDITIONAL_OPERATOR:
            walk(src, value)
        else:
            condition(src, children[0])
        return
    known = literal(src, value)
    plain = src.returns.get_canonical().kind == T.INT
    if value.spelling.startswith("refuse") or known == "-1":
        if src.bytes[:node.extent.start.offset].decode().rstrip().endswith(")"):
            walk(src, children[0])  # all that an if does: as if its condition were false
            return
    checked = (plain and known not in ("0",)) or (is_enum(src.returns) and constant(value) != 0)
    if checked and value.kind != K.CONDITIONAL_OPERATOR:
        start, end = src.span(children[0])
        src.wrap(start, end, "mutant_int(%d, " % src.mutant("return", start, end), ")")
    walk(src, children[0])


def constant(node):
    """The value of an enumerator; None of anything else."""
    node = bare(node)
    if node.kind == K.DECL_REF_EXPR and node.referenced is not None and node.referenced.kind == K.ENUM_CONSTANT_DECL:
        return node.referenced.enum_value
    return None


def stored(src, node, op):
    """left = right: a truth, or an enum's value."""
    left, right = op[1], op[2]
    value = bare(right)
    if src.words(*src.span(left)).endswith("failed") and src.words(*src.span(right)) == "true":
        return
    if is_bool(left.type) and value.kind != K.CONDITIONAL_OPERATOR:
        condition(src, right)
    else:
        if is_enum(left.type) and constant(value) not in (None, 0):
            start, end = src.span(right)
            src.wrap(start, end, "mutant_int(%d, " % src.mutant("store", start, end), ")")
        walk(src, right)
    walk(src, left)


def declared(src, node):
    if node.storage_class.name == "STATIC":
        return
    children = list(node.get_children())
    last = children[-1] if children else None
    simple = last is not None and last.kind.is_expression() and literal(src, last) is None
    if simple and is_bool(node.type) and bare(last).kind != K.CONDITIONAL_OPERATOR and bare(last).kind != K.INIT_LIST_EXPR:
        condition(src, last)
        return
    for child in children:
        walk(src, child)


def switched(src, node):
    """Each case of a switch that has a default may be unknown."""
    children = list(node.get_children())
    labels, default = [], False
    for child in children[-1].get_children():
        while child.kind in (K.CASE_STMT, K.DEFAULT_STMT):
            inner = list(child.get_children())
            if child.kind == K.DEFAULT_STMT:
                default = True
            else:
                labels.append(inner[0])
            child = inner[-1]
    if default and src.starts(node, "switch"):
        start, end = src.span(children[0])
        cases = ["{ %d, %s }" % (src.mutant("case", *src.span(label)), src.text(*src.span(label))) for label in labels]
        src.wrap(start, end, "mutant_case((const struct mutant_case[]){ %s }, %d, " % (", ".join(cases), len(cases)), ")")
    for child in children:
        walk(src, child)


def statements(src, node):
    """Of a block, or the one statement of an if: calls whose result nobody uses."""
    for child in node.get_children():
        call = bare(child)
        if call.kind != K.CALL_EXPR:
            continue
        name = call.spelling
        if not name or NO_CHECK.search(name) or not src.starts(child, name + "(") or not src.here(child):
            continue
        if node.kind != K.COMPOUND_STMT and child == list(node.get_children())[0]:
            continue  # a condition
        if node.kind == K.FOR_STMT and child != list(node.get_children())[-1]:
            continue
        start, end = src.span(child)
        src.wrap(start, end, "(void)(mutant_keep(%d) && (" % src.mutant("call", start, end), ", 1))")


def walk(src, node):
    if not node.kind.is_expression() and not node.kind.is_statement() and node.kind != K.VAR_DECL:
        return
    if node.kind in (K.COMPOUND_STMT, K.IF_STMT, K.FOR_STMT, K.WHILE_STMT):
        statements(src, node)
    if node.kind in (K.IF_STMT, K.WHILE_STMT, K.FOR_STMT, K.DO_STMT, K.CONDITIONAL_OPERATOR):
        loop_or_if(src, node)
    elif node.kind == K.RETURN_STMT:
        returned(src, node)
    elif node.kind == K.SWITCH_STMT:
        switched(src, node)
    elif node.kind in (K.CASE_STMT,):
        walk(src, list(node.get_children())[-1])
    elif node.kind == K.VAR_DECL:
        declared(src, node)
    elif node.kind == K.CXX_UNARY_EXPR:
        return  # sizeof
    else:
        op = operator(src, node)
        if op and op[0] in LOGICAL or op and op[0] in RELATIONS | EQUALITIES:
            condition(src, node)
        elif op and op[0] == "=":
            stored(src, node, op)
        elif node.kind == K.UNARY_OPERATOR and src.starts(node, "!"):
            condition(src, node)
        else:
            for child in node.get_children():
                walk(src, child)


def transform(path, number, constants):
    """(text of the copy, [(number, name)]) of one source."""
    unit = cindex.Index.create().parse(path, args=FLAGS)
    errors = [d for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
    if errors:
        raise SystemExit("%s: %s" % (path, errors[0]))
    src = Source(path, number, constants)
    for node in unit.cursor.get_children():
        if node.kind != K.FUNCTION_DECL or not node.is_definition() or not src.here(node) or FREES.search(node.spelling) \
                or node.result_type.kind == T.VOID and PRINTS.search("%s %s" % (path, node.spelling)):
            continue
        src.function = node.spelling
        src.returns = node.result_type
        src.allocated = set(ALLOCATED.findall(src.words(*src.span(node))))
        for child in node.get_children():
            if child.kind == K.COMPOUND_STMT:
                walk(src, child)
    return src.transformed(), src.mutants
