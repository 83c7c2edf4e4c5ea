// What OpenSSL allocates, owned. For the files of this folder alone.
#pragma once

#include <memory>

#include <openssl/err.h>

namespace iamlocal {

template <auto free_it>
struct FreeBy {
    template <class T>
    void operator()(T* object) const {
        free_it(object);
    }
};

/// `OpensslOwned<BIGNUM, BN_free>`
template <class T, auto free_it>
using OpensslOwned = std::unique_ptr<T, FreeBy<free_it>>;

/// OpenSSL keeps errors for the thread; whoever uses it next must not find ours.
struct OpensslErrorsForgotten {
    ~OpensslErrorsForgotten() { ERR_clear_error(); }
};

}  // namespace iamlocal
