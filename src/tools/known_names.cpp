#include "tools/known_names.hpp"

#include <fmt/format.h>

#include "lint/names.hpp"
#include "policy/position.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {

void require_known_names(std::string_view document, const std::string& file, std::string_view way_out) {
    if (file.starts_with("arn:")) return;
    const auto slip = lint::find_document_slip(document);
    if (!slip) return;
    const policy::Position place = policy::position_at(document, slip->at);
    throw InputError({file, place.line, place.column},
                     fmt::format("{} ({} lets such names pass.)", slip->message, way_out));
}

}  // namespace iamlocal::tools
