// Any text as YAML and as JSON: it must be read within bounds or refused. What was read is JSON when it is written, and
// says the same when that is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "tree/parse.hpp"
#include "tree/to_json.hpp"

using namespace iamlocal::tree;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::size_t depth_of(const Node& node) {
    std::size_t deepest = 0;
    for (const Node* const item : node.items) deepest = std::max(deepest, depth_of(*item));
    for (const Entry& entry : node.entries) {
        require(entry.key->is_scalar());
        deepest = std::max(deepest, depth_of(*entry.value));
    }
    return deepest + 1;
}

void check(const std::variant<Tree, Error>& read) {
    if (const auto* const error = std::get_if<Error>(&read)) {
        require(!error->message.empty() && !error->place.text().empty());
        return;
    }
    const Node& root = std::get<Tree>(read).root();
    require(depth_of(root) <= most_depth + 1);
    const std::string json = to_json(root, Numbers::are_texts);
    const auto again = parse_json(json, "again");
    const auto* const tree = std::get_if<Tree>(&again);
    require(tree != nullptr && to_json(tree->root(), Numbers::are_texts) == json);
    const TracedJson traced = to_traced_json(root, Numbers::are_texts);
    require(traced.text == json && &traced.node_at(1) == &root);
    require(!traced.node_at(json.size()).file->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(parse_yaml(text, "fuzz.yaml"));
    check(parse_json(text, "fuzz.json"));
    return 0;
}
