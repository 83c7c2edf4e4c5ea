// Changes that are not visible yet, as JSON and as text.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "db/pending_changes.hpp"

namespace iamlocal::admin {

/// `count` and `changes`, the oldest of them: action, resource, when it was made, from when on reads show it
/// and decisions count it.
nlohmann::ordered_json json_of(const db::PendingChanges& pending);
/// A paragraph for people; empty where there are none.
std::string text_of(const db::PendingChanges& pending);

}  // namespace iamlocal::admin
