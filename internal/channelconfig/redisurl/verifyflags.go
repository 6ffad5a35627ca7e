package redisurl

import (
	"strings"

	"github.com/channel-layer/terraform-provider-channels/internal/channelconfig/pyvalue"
)

// verifyFlags mirrors parse_ssl_verify_flags of redis/asyncio/connection.py: a
// list in brackets or not, each an attribute of Python's ssl.VerifyFlags. Not
// ok: one of them is none.
func verifyFlags(text string) (flags []string, ok bool) {
	for _, flag := range strings.Split(strings.NewReplacer("[", "", "]", "").Replace(text), ",") {
		flag = pyvalue.Strip(flag)
		if !isVerifyFlag(flag) && !isEnumAttribute(flag) {
			return nil, false
		}
		flags = append(flags, flag)
	}
	return flags, true
}

// isVerifyFlag: a member of ssl.VerifyFlags, CPython 3.10 to 3.13.
func isVerifyFlag(name string) bool {
	switch name {
	case "VERIFY_DEFAULT", "VERIFY_CRL_CHECK_LEAF", "VERIFY_CRL_CHECK_CHAIN", "VERIFY_X509_STRICT",
		"VERIFY_ALLOW_PROXY_CERTS", "VERIFY_X509_TRUSTED_FIRST", "VERIFY_X509_PARTIAL_CHAIN":
		return true
	}
	return false
}

// enumAttributes are what else every one of CPython 3.10 to 3.13 finds with
// hasattr on that class. redis-py takes them here and fails when it connects.
const enumAttributes = " " +
	"__abs__ __add__ __and__ __annotations__ __base__ __bases__ __basicsize__ __bool__ __call__ " +
	"__ceil__ __class__ __contains__ __delattr__ __dict__ __dictoffset__ __dir__ __divmod__ __doc__ " +
	"__eq__ __flags__ __float__ __floor__ __floordiv__ __format__ __ge__ __getattribute__ " +
	"__getitem__ __getnewargs__ __gt__ __hash__ __index__ __init__ __init_subclass__ " +
	"__instancecheck__ __int__ __invert__ __itemsize__ __iter__ __le__ __len__ __lshift__ __lt__ " +
	"__members__ __mod__ __module__ __mro__ __mul__ __name__ __ne__ __neg__ __new__ __or__ __pos__ " +
	"__pow__ __prepare__ __qualname__ __radd__ __rand__ __rdivmod__ __reduce__ __reduce_ex__ " +
	"__repr__ __reversed__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ " +
	"__rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __setattr__ __sizeof__ __str__ __sub__ " +
	"__subclasscheck__ __subclasses__ __subclasshook__ __text_signature__ __truediv__ __trunc__ " +
	"__weakrefoffset__ __xor__ _convert_ _create_ _find_new_ _generate_next_value_ _get_mixins_ " +
	"_member_map_ _member_names_ _member_type_ _value2member_map_ as_integer_ratio bit_count " +
	"bit_length conjugate denominator from_bytes imag mro numerator real to_bytes "

func isEnumAttribute(name string) bool {
	return name != "" && !strings.ContainsAny(name, " \n\t") && strings.Contains(enumAttributes, " "+name+" ")
}
