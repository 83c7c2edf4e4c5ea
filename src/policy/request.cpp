#include "policy/request.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {

Values Values::single(std::string value) {
    Values values;
    values.items.push_back(std::move(value));
    return values;
}

Values Values::list(std::vector<std::string> values) { return {true, std::move(values)}; }

void MapContext::set(std::string_view key, Values values) {
    values_.insert_or_assign(fold_case(key), std::move(values));
}

void MapContext::set(std::string_view key, std::string value) { set(key, Values::single(std::move(value))); }

std::optional<Values> MapContext::find(std::string_view key_lowercased) const {
    const auto found = values_.find(key_lowercased);
    if (found == values_.end()) return std::nullopt;
    return found->second;
}

const RequestContext& context_of(const Request& request) {
    static const MapContext no_keys;
    return request.context ? *request.context : no_keys;
}

}  // namespace iamlocal::policy
