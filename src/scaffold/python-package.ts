// Python 3.11 to 3.14: keyword.kwlist and sys.stdlib_module_names, except names that are invalid for a service anyway.
const keywords =
  "and as assert async await break class continue def del elif else except finally for from global if import in is " +
  "lambda nonlocal not or pass raise return try while with yield";
const standardLibrary =
  "abc aifc annotationlib antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii " +
  "bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall " +
  "compression concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime " +
  "dbm decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput " +
  "fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac " +
  "html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale " +
  "logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis " +
  "nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools pipes " +
  "pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data " +
  "pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve " +
  "shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse " +
  "ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile " +
  "telnetlib tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback " +
  "tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref " +
  "webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo";

// Installed with Python but deliberately not in that list: Python's own tests. Source:
// docs.python.org/3/library/sys.html.
const untold = "test xxlimited xxlimited_35 xxsubtype";
// Modules in every environment in addition to the service's dependencies, and modules that `site` imports at start-up.
const environment = "_distutils_hack pip pkg_resources setuptools sitecustomize usercustomize uv wheel";

const taken = new Set(keywords.split(" "));
const shadowed = new Set(`${standardLibrary} ${untold}`.split(" "));
const present = new Set(environment.split(" "));

/** Returns the Python package of a service: `order-intake` → `order_intake`. */
export function packageOf(service: string): string {
  return service.replaceAll("-", "_");
}

/** Returns why a module cannot have this name, to complete "its module …". */
export function keywordProblem(name: string): string | undefined {
  return taken.has(name) ? "is a Python keyword" : undefined;
}

/**
 * Returns why a service cannot have this package, to complete "its package …"; `installed` are the modules it depends
 * on.
 */
export function packageProblem(name: string, installed: readonly string[]): string | undefined {
  if (shadowed.has(name)) return "is a module of Python's standard library";
  if (present.has(name)) return "has the name of a module that any Python environment may contain";
  if (installed.includes(name)) return "has the name of a module that the service itself uses";
  return keywordProblem(name);
}
