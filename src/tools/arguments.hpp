// The pieces of a question as they stand on the command line: context keys, levels of organizations, the caller.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "policy/request.hpp"

namespace iamlocal::tools {

/// Context keys in the order in which they came.
using ContextKeys = std::vector<std::pair<std::string, policy::Values>>;

/// The case of context keys does not matter: two that differ in nothing else are the same key twice.
class DistinctKeys {
  public:
    /// False if the key was there before.
    bool add(std::string_view key) { return seen_.insert(fold_case(key)).second; }

  private:
    std::set<std::string> seen_;
};

/// Reads `key=value` arguments: `key=[a,b]` and a key given more than once are multivalued, `key=[]` has no values.
/// Throws InputError for an argument without `=` or without key.
[[nodiscard]] ContextKeys parse_context(const std::vector<std::string>& arguments);

/// Reads a JSON object of keys and values: strings, numbers, booleans, and arrays of these (multivalued). Throws
/// InputError, with the file, for anything else, and for a key that is there twice.
[[nodiscard]] ContextKeys parse_context_json(std::string_view json, const std::string& file);

/// A document of an organization and its level, 0 being the root.
struct LevelFile {
    std::size_t level = 0;
    std::string path;
};

/// Reads `FILE` and `LEVEL=FILE` arguments. A plain file is a level of its own below those before it; LEVEL counts from
/// 1, the root, so that several files can share one. Throws InputError for an impossible level, or one left out.
[[nodiscard]] std::vector<LevelFile> parse_levels(const std::vector<std::string>& arguments);

/// What stands on the command line or in a suite about the caller.
struct CallerText {
    std::string arn;       ///< as policy::parse_caller wants it; empty: a user called `unnamed`
    std::string role_arn;  ///< of a role session whose role has a path
    std::string user_arn;  ///< the user behind a federated user
};

/// The caller. Without an ARN it is the user `unnamed` of `default_account`. The error is a sentence.
[[nodiscard]] std::optional<policy::Principal> make_caller(const CallerText& text, const std::string& default_account,
                                                           std::string& error);

/// Fills `context`: what follows from the caller, aws:ResourceAccount if the account is known, then `given`, which
/// replaces them.
void fill_context(policy::MapContext& context, const policy::Principal& caller, std::string_view resource_account,
                  const ContextKeys& given);

}  // namespace iamlocal::tools
