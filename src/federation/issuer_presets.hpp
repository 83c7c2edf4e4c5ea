// Identity providers that people federate with AWS, played for tests: the claims of their tokens, under the names and
// in the forms that their documentation has, with values that are made up.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace iamlocal::federation {

/// For whom and when a token is made.
struct PresetToken {
    std::string_view issuer;  ///< `iss`
    std::string_view name;    ///< the issuer's name here; values that are made up follow from it
    std::string_view id;      ///< `jti`, a UUID
    std::int64_t issued = 0;  ///< seconds since 1970
    std::int64_t lifetime = 0;
};

struct IssuerPreset {
    std::string_view name;       ///< "github"
    std::string_view algorithm;  ///< that its tokens are signed with
    std::string_view type;       ///< `typ` of its tokens; empty: they have none
    std::int64_t lifetime;       ///< of its tokens, in seconds
    /// The issuer that is played, for a built-in issuer of that name; empty: none in particular.
    std::string (*url)(std::string_view name);
    /// Adds what is missing in `claims`, and makes it follow from what is there.
    void (*complete)(nlohmann::ordered_json& claims, const PresetToken& token);
};

/// All of them. The first has an empty name and the claims that every token has.
std::span<const IssuerPreset> issuer_presets();
/// Null for a name that is none.
const IssuerPreset* find_issuer_preset(std::string_view name);

/// The claims of a token: what is given, and what the preset has where nothing is given. A claim that is given as null
/// is left out.
nlohmann::ordered_json preset_claims(const IssuerPreset& preset, nlohmann::ordered_json given,
                                     const PresetToken& token);

}  // namespace iamlocal::federation
