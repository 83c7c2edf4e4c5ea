// Keys that this server signs web identity tokens with, brought to a seed's state.
#pragma once

#include <string>

#include "seed/model.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

/// All keys of an owner (store/issuer_keys.hpp), the oldest first; others go.
void sync_issuer_keys(Work& work, const std::string& owner, const List<IssuerKeySeed>& wanted);

}  // namespace iamlocal::seed
