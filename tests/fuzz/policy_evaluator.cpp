// The engine and the second evaluator of the tests (unit/policy/naive) must answer alike, whatever the documents and
// the request are. The input is either text, records separated by the byte 0x1E:
//   facts: the caller's number; action; resource; its account; key=value or key[]=a,b for each context key, a line each
//   documents: a letter for the type (i, b, s, r, t, S and R for a new level of SCPs and RCPs), then JSON; what is no
//          JSON is a document that cannot be read
// or, without a separator, choices of the random tests' generator.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/policy/naive/compare.hpp"
#include "unit/policy/naive/questions.hpp"

namespace {

using namespace iamlocal::naive;
namespace policy = iamlocal::policy;

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

Facts facts_of(std::string_view record) {
    std::vector<std::string> lines = split(record, '\n');
    lines.resize(std::max<std::size_t>(lines.size(), 4));
    Facts facts;
    facts.principal = callers()[std::strtoul(lines[0].c_str(), nullptr, 10) % callers().size()];
    facts.action = lines[1];
    facts.resource = lines[2];
    facts.resource_account = lines[3];
    for (std::size_t i = 4; i < lines.size(); ++i) {
        const std::size_t equals = lines[i].find('=');
        if (equals == std::string::npos) continue;
        std::string key = lines[i].substr(0, equals);
        std::string value = lines[i].substr(equals + 1);
        const bool multivalued = key.size() > 2 && key.substr(key.size() - 2) == "[]";
        if (multivalued) {
            facts.context.set(key.substr(0, key.size() - 2),
                              policy::Values::list(value.empty() ? std::vector<std::string>() : split(value, ',')));
        } else {
            facts.context.set(key, std::move(value));
        }
    }
    return facts;
}

void add_document(Question& question, std::string_view record) {
    if (record.empty()) return;
    Json document = Json::parse(record.substr(1), nullptr, false);
    if (document.is_discarded()) document = nullptr;
    const auto add = [&](std::optional<Documents>& type) {
        if (!type) type.emplace();
        type->push_back(std::move(document));
    };
    switch (record.front()) {
        case 'i':
            question.identity.push_back(std::move(document));
            break;
        case 'b':
            add(question.boundary);
            break;
        case 's':
            add(question.session);
            break;
        case 'r':
        case 't':
            if (question.resource) break;  // a resource has one policy
            question.resource_kind = record.front() == 't' ? DocumentKind::trust : DocumentKind::resource;
            add(question.resource);
            break;
        case 'S':
            question.scp.push_back({std::move(document)});
            break;
        case 'R':
            question.rcp.push_back({std::move(document)});
            break;
        default:
            break;
    }
}

void compare(Question question, const Facts& facts) {
    const BothSides sides(std::move(question));
    const policy::Request request = facts.request();
    const Answer engine = sides.by_engine(request);
    const Answer naive = sides.by_naive(request);
    const std::string fault = find_fault(sides, request);
    if (engine == naive && fault.empty()) return;
    std::fprintf(stderr, "engine: %s\nnaive:  %s\nexplanation: %s\nrequest: %s\npolicies: %s\n",
                 to_string(engine).c_str(), to_string(naive).c_str(), fault.c_str(), to_string(request).c_str(),
                 to_string(sides.question()).c_str());
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t longest = 4096;  // the second evaluator compares by tables of pattern times text
    if (size > longest) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> records = split(text, '\x1E');
    if (records.size() == 1) {
        Maker maker({data, size});
        const Facts facts = maker.facts();
        compare(maker.question(), facts);
        return 0;
    }
    // Names and ARNs that are no UTF-8 are refused long before a decision.
    if (Json(records[0]).dump(-1, ' ', false, Json::error_handler_t::ignore) !=
        Json(records[0]).dump(-1, ' ', false, Json::error_handler_t::replace)) {
        return 0;
    }
    Question question;
    for (std::size_t i = 1; i < records.size(); ++i) add_document(question, records[i]);
    compare(std::move(question), facts_of(records[0]));
    return 0;
}
