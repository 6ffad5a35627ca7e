// Package pyvalue reads numbers from text exactly as Python's int() and
// float() do when Django's settings and redis-py call them with a str.
//
// Mirrored: CPython 3.10 to 3.13, Objects/longobject.c
// (PyLong_FromUnicodeObject, PyLong_FromString), Objects/floatobject.c
// (PyFloat_FromString), Objects/unicodeobject.c
// (_PyUnicode_TransformDecimalAndSpaceToASCII), Python/pystrtod.c
// (_Py_string_to_number_with_underscores).
//
// Text is a Go string. Bytes that are not UTF-8 stand for the lone surrogates
// that Python makes of them in os.environ: they are never digits or space.
//
// Known differences: which characters are decimal digits depends on the
// Unicode version. Go's is 15.0, like CPython 3.12's; 3.10 and 3.11 (13.0,
// 14.0) do not know the Kawi and Nag Mundari digits, which came with 15.0.
package pyvalue
