// Package redisurl reads a Redis URL exactly as redis-py's asyncio client does
// in a Django process, and says what it would connect with or why it refuses.
//
// [Parse] mirrors what channels_redis does with a URL among its hosts:
// redis.asyncio.ConnectionPool.from_url(url), then the pool's
// make_connection(). No name is resolved and nothing is dialled. Mirrored are:
//
//   - redis-py 4.3.0 to 8.1.0, redis/asyncio/connection.py: parse_url, to_bool,
//     parse_ssl_verify_flags, URL_QUERY_ARGUMENT_PARSERS, ConnectionPool, and
//     the constructors of Connection, SSLConnection, RedisSSLContext and
//     UnixDomainSocketConnection, for every [Line] in which they differ;
//   - CPython, Lib/urllib/parse.py: urlsplit, parse_qs, unquote and the
//     attributes of SplitResult; Lib/ipaddress.py for what stands in brackets;
//     str.lower; int and float by package pyvalue.
//
// CPython is mirrored with its security fixes, as 3.10.17, 3.11.12, 3.12.9,
// 3.13.2 and Debian 12's 3.11.2 have them. Older ones differ so:
//
//   - before these, text before "[" or after "]" in the host is ignored, and
//     brackets in the userinfo are taken for the host's;
//   - 3.10 before 3.10.17 does not look at what stands in brackets at all;
//   - a scheme may start with a digit or sign in 3.10, which changes nothing
//     here, as no such scheme is one of redis-py's.
//
// Known differences, each marked in the corpus where it has a case:
//
//   - ssl_include_verify_flags and ssl_exclude_verify_flags take every
//     attribute that Python's VerifyFlags class happens to have ("real",
//     "mro", "__doc__"). Those that all of CPython 3.10 to 3.13 have are
//     accepted; some 20 more differ from version to version and are refused;
//   - the Unicode version: package pyvalue, and str.lower of letters newer
//     than 15.0.
package redisurl
