"""C++ as far as scripts/lint needs it: text without comments, tokens, brackets, statements."""
import re
from dataclasses import dataclass
from functools import cached_property

_LITERAL = re.compile(r'R"([^()\\\s]{0,16})\((?:.*?)\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\''
                      r'|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.\']*|->|::|<<|&&|\|\||[^\s\w]')


def _blank(text):
    return re.sub(r'[^\n]', ' ', text)


def without_comments(text, keep_strings=False):
    """Comments become blanks, strings ""; places and line numbers stay."""
    def replace(match):
        found = match[0]
        if found.startswith('/'):
            return _blank(found)
        return found if keep_strings else found[0] + _blank(found[1:-1]) + found[-1]
    return _LITERAL.sub(replace, text)


@dataclass
class Token:
    text: str
    at: int


class Source:
    """One file: its text without comments, its tokens, and which bracket closes which."""

    def __init__(self, path, text):
        self.path = path                     # as the rules see it: relative to the repository
        self.raw = text
        self.code = without_comments(text)
        preprocessor = re.compile(r'^[ \t]*#(?:[^\n\\]|\\.|\\\n)*', re.MULTILINE)
        self.tokens = [Token(m[0], m.start()) for m in _TOKEN.finditer(preprocessor.sub(lambda m: _blank(m[0]), self.code))]
        self.match = {}
        stack = []
        for i, token in enumerate(self.tokens):
            if token.text in '([{':
                stack.append(i)
            elif token.text in ')]}' and stack:
                self.match[i] = stack.pop()
                self.match[self.match[i]] = i

    def line(self, at):
        return self.code.count('\n', 0, at) + 1

    def text(self, i):
        return self.tokens[i].text if 0 <= i < len(self.tokens) else ''

    def lambda_of(self, brace):
        """The '[' of the lambda whose body opens at token `brace`, or None."""
        i = brace - 1
        while i > 0 and self.text(i) not in (')', ']', ';', '{', '}'):   # trailing return type, mutable, noexcept
            i -= 1
        if self.text(i) == ')' and i in self.match:
            i = self.match[i] - 1
        if self.text(i) != ']' or i not in self.match:
            return None
        opening = self.match[i]
        before = self.text(opening - 1)
        is_subscript = re.fullmatch(r'[\w\])]+', before) and before not in ('return', 'co_return', 'co_await')
        return None if is_subscript or before == '[' or self.text(opening + 1) == '[' else opening

    def parameters(self, opening):
        """The tokens of each parameter between the bracket at `opening` and its end."""
        found, depth = [[]], 0
        for token in self.tokens[opening + 1:self.match[opening]]:
            depth += (token.text in '([{<') - (token.text in ')]}>')
            if token.text == ',' and depth == 0:
                found.append([])
            else:
                found[-1].append(token)
        return found

    def is_block(self, brace):
        """Does the '{' at this token open statements (and not an initialiser)?"""
        before = self.text(brace - 1)
        if before == ':' and [self.text(i) for i in self.enclosing(brace)[:1]] == ['(']:   # for (x : {a, b})
            return False
        if before in (')', ';', '{', '}', 'else', 'do', 'try', ':', 'const', 'noexcept', 'override', 'final', 'mutable', ''):
            return True
        if self.lambda_of(brace) is not None:
            return True
        i = brace - 1   # a trailing return type, or the head of a class or namespace
        while i > 0 and self.text(i) not in (';', '{', '}', '=', '(', ',', '?'):
            if self.text(i) in ('->', 'class', 'struct', 'namespace', 'enum', 'union', 'extern'):
                return self.text(i) != '->' or self.text(i - 1) in (')', 'noexcept', 'const', 'mutable')
            i -= 1
        return False

    def enclosing(self, i):
        """Opening brackets around token i, innermost first."""
        depth_end, found = i, []
        for j in range(i - 1, -1, -1):
            if self.text(j) in ('(', '[', '{') and self.match.get(j, len(self.tokens)) >= depth_end:
                found.append(j)
        return found

    def statement(self, i, block):
        """First and last token of the statement around token i, directly inside `block` (-1: the file)."""
        first = i
        while first - 1 > block:
            before = self.text(first - 1)
            if before == ';' or before == '{':
                break
            if before in (')', ']', '}') and first - 1 in self.match:
                if before == '}' and self.is_block(self.match[first - 1]) and self.lambda_of(self.match[first - 1]) is None:
                    break
                first = self.match[first - 1]
            else:
                first -= 1
        last = first
        while last < len(self.tokens):
            here = self.text(last)
            if here == ';' or here == '}':
                break
            if here == '{' and last > i and self.is_block(last) and self.lambda_of(last) is None:
                break
            last = self.match[last] + 1 if here in ('(', '[', '{') and last in self.match else last + 1
        return first, min(last, len(self.tokens) - 1)

    def is_lambda(self, i):
        """Does a lambda begin at this token?"""
        return (self.text(i) == '[' and self.match.get(i, -1) > i
                and self.text(self.match[i] + 1) in ('(', '{', 'mutable', '->', '<')
                and self.text(i - 1) != '[' and self.text(i + 1) != '['
                and not re.fullmatch(r'[\w\])]+', self.text(i - 1).replace('return', '')))

    def is_function(self, brace):
        """A block after ')' that no if, for, while, switch or catch opened."""
        i = brace - 1
        while i > 0 and self.text(i) not in (')', ';', '{', '}'):
            i -= 1
        if self.text(i) != ')' or i not in self.match:
            return False
        return self.text(self.match[i] - 1) not in ('if', 'for', 'while', 'switch', 'catch', 'constexpr')

    @cached_property
    def awaits(self):
        """Each co_await: its place, the statement around it, and the braces of what it initialises."""
        found = []
        for i, token in enumerate(self.tokens):
            if token.text != 'co_await':
                continue
            braces = []
            block = -1
            for opening in self.enclosing(i):
                if self.text(opening) == '{':
                    if self.is_block(opening):
                        block = opening
                        break
                    braces.append(opening)
            found.append((i, *self.statement(i, block), braces))
        return found

    def outside_lambdas(self, first, last):
        """The tokens from first to last that are in no lambda's body."""
        k = first
        while k <= last:
            if self.text(k) == '{' and self.lambda_of(k) is not None:
                k = self.match.get(k, last)
            else:
                yield k
            k += 1

    def coroutines(self):
        """The '(' of each function that returns an awaitable."""
        for i, token in enumerate(self.tokens):
            if token.text != 'awaitable' or self.text(i + 1) != '<':
                continue
            before = i - 1
            while self.text(before) in ('asio', '::', 'mutable', 'noexcept', 'const', '->'):
                before -= 1
            if self.text(before) == ')' and '->' in [self.text(k) for k in range(before, i)]:
                yield self.match[before]
                continue
            after, depth = i + 2, 1
            while depth > 0 and after < len(self.tokens):
                depth += (self.text(after) == '<') - (self.text(after) == '>')
                after += 1
            while re.fullmatch(r'\w+|::', self.text(after)):
                after += 1
            if self.text(after) == '(' and after in self.match:
                yield after
