// AWS's own managed policies: a catalogue that is part of the program and needs no database, or another one of the same
// form (use_file). Nothing is read or unpacked before the first question. Safe for threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace iamlocal::catalogue {

class ManagedPoliciesFile;

namespace managed_policies {

/// One policy. It and its views live as long as the program.
struct Entry {
    std::string_view arn;
    std::string_view name;
    std::string_view path;
    std::string_view id;               ///< AWS's; empty where it is not known
    std::string_view description;      ///< the same
    std::int64_t default_version = 1;  ///< 7 for v7; always the newest
    Seconds created{};
    Seconds updated{};  ///< when the default version was made

    const ManagedPoliciesFile* file = nullptr;  ///< where it comes from; for this folder
    std::uint32_t document_text = 0;
    std::uint32_t history_text = 0;  ///< 0: there is one version
};

/// One version of a policy.
struct Version {
    std::int64_t number = 0;
    /// As far as the catalogue's source knows; of older versions often only the day on which the policy was created.
    Seconds created{};
    std::string document;  ///< JSON; versions(): empty
};

/// The policy with exactly this ARN.
const Entry* find(std::string_view arn);
/// All of them in order of their names.
std::span<const Entry> all();
/// The default version's JSON; lives as long as the program. Unpacked, with those that are like it, when it is first
/// asked for and kept. Throws std::runtime_error when the catalogue is damaged there.
std::string_view document(const Entry& entry);
/// A version by its number. Older ones are made anew for every question. Throws as document() does.
std::optional<Version> find_version(const Entry& entry, std::int64_t number);
/// All versions known, newest first, without their documents: the source has missed some.
std::vector<Version> versions(const Entry& entry);

/// ANPA…: AWS's id where the catalogue has it. The catalogue's source has none, and AWS's documentation shows few; the
/// others are made up, the same for an ARN in every process and release.
std::string id_of(const Entry& entry);
/// Whether the ARN is in the namespace of AWS's policies, known or not.
bool is_aws_arn(std::string_view arn);

/// From now on the whole process answers from this file, which scripts/refresh-managed-policies has written. The file
/// is read and checked here, once; what happens to it later does not matter. Gives a sentence if it cannot be used, and
/// then nothing has changed. Entries that were found before stay good.
[[nodiscard]] std::optional<std::string> use_file(const std::string& path);
/// Back to the catalogue that is part of the program.
void use_built_in();

}  // namespace managed_policies
}  // namespace iamlocal::catalogue
