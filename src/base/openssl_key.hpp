// What the files over OpenSSL's keys have in common. For this folder only.
#pragma once

#include "base/public_key.hpp"

struct evp_md_st;
struct evp_pkey_st;

namespace iamlocal {

KeyKind kind_of_key(const evp_pkey_st* key);
/// OpenSSL's name of a curve; null for kinds that are none.
const char* curve_name(KeyKind kind);
const evp_md_st* digest_of(HashSize hash);

}  // namespace iamlocal
