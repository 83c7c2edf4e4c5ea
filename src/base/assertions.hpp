// What the standard library's assertions say when they fail: the file, the line and the condition. Not the function as
// well, as libstdc++ does by itself: the names of functions with all arguments of their templates took a fiftieth of
// the program. All precompiled headers begin with this one; who reads the standard library's headers first has its
// text.
#pragma once

#include <cstddef>

// NOLINTBEGIN: these names are libstdc++'s.
#if defined(_GLIBCXX_VERBOSE_ASSERT) && defined(__glibcxx_assert_impl) && defined(__glibcxx_constexpr_assert)
#undef __glibcxx_assert_impl
#define __glibcxx_assert_impl(condition)                                \
    if (__builtin_expect(!bool(condition), false)) {                    \
        __glibcxx_constexpr_assert(false);                              \
        std::__glibcxx_assert_fail(__FILE__, __LINE__, "", #condition); \
    }
#endif
// NOLINTEND
