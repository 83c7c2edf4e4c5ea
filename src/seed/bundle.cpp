#include "seed/bundle.hpp"

#include <optional>
#include <variant>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "seed/member_reader.hpp"
#include "seed/model.hpp"
#include "tree/parse.hpp"

namespace iamlocal::seed {
namespace {

constexpr const char* name_of_body = "body";

struct SentSeed {
    static constexpr const char* shape = "sent_seed";
    Text name;
    Text text;
    void describe(Members& m) {
        m.text({"name", "How messages name it", true}, name);
        m.text({"text", "YAML or JSON", true}, text);
    }
};

struct SentSeeds {
    List<SentSeed> seeds;
    Pairs files;
    void describe(Members& m) {
        m.list({"seeds", "In order", true}, seeds);
        m.pairs({"files", "What seeds name, by path"}, files);
    }
};

/// The body, if it has several seeds.
std::optional<tree::Tree> find_sent_seeds(std::string_view body) {
    if (body.find("\"seeds\"") == std::string_view::npos) return std::nullopt;
    auto parsed = tree::parse_json(body, name_of_body);
    auto* const tree = std::get_if<tree::Tree>(&parsed);
    if (tree == nullptr || tree->root().find("seeds") == nullptr) return std::nullopt;
    return std::move(*tree);
}

}  // namespace

Bundle read_bundle(std::string_view body) {
    Bundle bundle;
    const auto several = find_sent_seeds(body);
    if (!several) {
        bundle.seeds.push_back({name_of_body, std::string(body)});
        return bundle;
    }
    SentSeeds sent;
    read_members(several->root(), "the body", [&sent](Members& m) { sent.describe(m); });
    for (const SentSeed& seed : sent.seeds.items) bundle.seeds.push_back({seed.name.value, seed.text.value});
    for (const auto& [path, text] : sent.files.items) bundle.files.emplace(path.value, text.value);
    return bundle;
}

std::string write_bundle(const Bundle& bundle) {
    nlohmann::ordered_json body = {{"seeds", nlohmann::ordered_json::array()}, {"files", bundle.files}};
    for (const File& seed : bundle.seeds) body["seeds"].push_back({{"name", seed.name}, {"text", seed.text}});
    return json_text(body);
}

}  // namespace iamlocal::seed
