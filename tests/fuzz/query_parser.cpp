// Form parameters: the text before the first line end is the query string, the rest the body. What was accepted is
// well-formed, is found again, and survives being encoded and parsed once more.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "protocol/query.hpp"

using iamlocal::protocol::Parameter;
using iamlocal::protocol::Parameters;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string encode(const Parameters& parameters) {
    std::string out;
    for (const Parameter& parameter : parameters) {
        if (!out.empty()) out.push_back('&');
        iamlocal::percent_append(out, parameter.name);
        out.push_back('=');
        iamlocal::percent_append(out, parameter.value);
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static Parameters parameters;
    static Parameters again;
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = input.find('\n');
    const std::string_view query = line == std::string_view::npos ? std::string_view{} : input.substr(0, line);
    const std::string_view body = line == std::string_view::npos ? input : input.substr(line + 1);

    if (const auto error = parameters.parse(query, body)) {
        require(parameters.empty());
        require(!iamlocal::protocol::malformed_query_string(*error).message().empty());
        return 0;
    }
    require(parameters.size() <= Parameters::limit);
    for (const Parameter& parameter : parameters) {
        for (const std::string_view text : {parameter.name, parameter.value})
            require(iamlocal::is_utf8(text) && text.find('\0') == std::string_view::npos);
        const auto found = parameters.find(parameter.name);
        require(found.has_value());
        for (const Parameter& first : parameters) {
            if (first.name != parameter.name) continue;
            require(first.value.data() == found->data() && first.value == *found);
            break;
        }
        const std::size_t dot = parameter.name.rfind('.');
        if (dot == std::string_view::npos) continue;
        unsigned previous = 0;
        try {
            for (const unsigned number : parameters.items(parameter.name.substr(0, dot + 1)).numbers) {
                require(number > previous);
                previous = number;
            }
        } catch (const iamlocal::ApiError& error) {
            require(error.type() == iamlocal::error_type::malformed_input);
        }
    }
    require(!again.parse("", encode(parameters)));
    require(again.size() == parameters.size());
    for (std::size_t i = 0; i < again.size(); ++i)
        require(again.all()[i].name == parameters.all()[i].name && again.all()[i].value == parameters.all()[i].value);
    return 0;
}
