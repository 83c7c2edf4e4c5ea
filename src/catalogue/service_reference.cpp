#include "catalogue/service_reference.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "base/encoding.hpp"
#include "catalogue/compressed_file.hpp"
#include "catalogue/embedded.hpp"
#include "catalogue/lines.hpp"

namespace iamlocal::catalogue {
namespace {

[[noreturn]] void malformed() { throw std::logic_error("the catalogue of AWS's services is malformed"); }

/// Text 0 of the file: "k NAME TYPE" per global condition key, "s PREFIX" per service in order; text n the n-th
/// service: "s NAME", then per condition key "k NAME TYPE", per resource type "r NAME ARN KEYS", per action
/// "a NAME LEVEL KEYS" and behind it "t TYPE REQUIRED KEYS DEPENDENT" for each of its resource types. Fields are
/// separated by tabs, KEYS are numbers of the service's condition keys, with commas between.
ConditionKey read_key(std::string_view line) {
    ConditionKey key;
    key.name = cut(line, '\t');
    key.type = line;
    return key;
}

std::vector<std::string> read_keys(std::string_view numbers, const ServiceReference& service) {
    std::vector<std::string> keys;
    keys.reserve(numbers.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(numbers, ',')));
    while (!numbers.empty()) {
        const std::optional<std::size_t> number = parse_number<std::size_t>(cut(numbers, ','));
        if (!number || *number >= service.condition_keys.size()) malformed();
        keys.push_back(service.condition_keys[*number].name);
    }
    return keys;
}

ResourceType read_resource_type(std::string_view line, const ServiceReference& service) {
    ResourceType type;
    type.name = cut(line, '\t');
    // Some cells of AWS's tables have two ARNs.
    std::string_view arns = cut(line, '\t');
    for (std::size_t comma = arns.find(", "); comma != std::string_view::npos; comma = arns.find(", ")) {
        type.arns.emplace_back(arns.substr(0, comma));
        arns.remove_prefix(comma + 2);
    }
    type.arns.emplace_back(arns);
    type.condition_keys = read_keys(line, service);
    return type;
}

Action read_action(std::string_view line, const ServiceReference& service) {
    Action action;
    action.name = cut(line, '\t');
    action.access_level = cut(line, '\t');
    action.condition_keys = read_keys(line, service);
    return action;
}

ActionResource read_action_resource(std::string_view line, const ServiceReference& service) {
    ActionResource resource;
    resource.type = cut(line, '\t');
    resource.required = cut(line, '\t') == "1";
    resource.condition_keys = read_keys(cut(line, '\t'), service);
    while (!line.empty()) resource.dependent_actions.emplace_back(cut(line, ','));
    return resource;
}

ServiceReference read_service(std::string prefix, std::string_view text) {
    ServiceReference service;
    service.prefix = std::move(prefix);
    while (!text.empty()) {
        std::string_view line = cut(text, '\n');
        const std::string_view kind = cut(line, '\t');
        if (kind == "s")
            service.name = line;
        else if (kind == "k")
            service.condition_keys.push_back(read_key(line));
        else if (kind == "r")
            service.resource_types.push_back(read_resource_type(line, service));
        else if (kind == "a")
            service.actions.push_back(read_action(line, service));
        else if (kind == "t" && !service.actions.empty())
            service.actions.back().resources.push_back(read_action_resource(line, service));
        else
            malformed();
    }
    return service;
}

CompressedFile open_embedded() {
    auto opened = CompressedFile::parse(embedded_service_reference(), "service-reference");
    if (CompressedFile* const file = std::get_if<CompressedFile>(&opened)) return std::move(*file);
    malformed();
}

class Reference {
  public:
    Reference() : file_(open_embedded()) {
        const std::optional<std::string_view> index = file_.text(0);
        if (!index) malformed();
        std::string_view text = *index;
        while (!text.empty()) {
            std::string_view line = cut(text, '\n');
            const std::string_view kind = cut(line, '\t');
            if (kind == "k")
                global_keys_.push_back(read_key(line));
            else
                prefixes_.emplace_back(line);
        }
        if (prefixes_.size() + 1 != file_.size()) malformed();
        services_ = std::make_unique<std::atomic<const ServiceReference*>[]>(prefixes_.size());
    }
    Reference(const Reference&) = delete;
    Reference& operator=(const Reference&) = delete;
    ~Reference() {
        for (std::size_t i = 0; i < prefixes_.size(); ++i) delete services_[i].load();
    }

    const ServiceReference* find_service(std::string_view prefix) {
        const std::string folded = fold_case(prefix);
        const auto found = std::ranges::lower_bound(prefixes_, folded);
        if (found == prefixes_.end() || *found != folded) return nullptr;
        const auto number = static_cast<std::size_t>(found - prefixes_.begin());
        if (const ServiceReference* const service = services_[number].load(std::memory_order_acquire)) return service;
        return unpack(number);
    }

    const std::vector<std::string>& prefixes() const { return prefixes_; }
    const std::vector<ConditionKey>& global_keys() const { return global_keys_; }

  private:
    const ServiceReference* unpack(std::size_t number) {
        const std::lock_guard lock(unpacking_);
        if (const ServiceReference* const service = services_[number].load(std::memory_order_acquire)) return service;
        const std::optional<std::string_view> text = file_.text(number + 1);
        if (!text) malformed();
        auto service = std::make_unique<const ServiceReference>(read_service(prefixes_[number], *text));
        services_[number].store(service.get(), std::memory_order_release);
        return service.release();
    }

    CompressedFile file_;
    std::vector<std::string> prefixes_;
    std::vector<ConditionKey> global_keys_;
    std::mutex unpacking_;
    std::unique_ptr<std::atomic<const ServiceReference*>[]> services_;  ///< by number; null: not unpacked
};

Reference& reference() {
    static Reference instance;
    return instance;
}

/// Whether `text` is what `pattern` (`aws:RequestTag/${TagKey}`) stands for: each `${…}` is one character or more.
bool matches(std::string_view pattern, std::string_view text) {
    const std::size_t variable = pattern.find("${");
    if (variable == std::string_view::npos) return equals_ignoring_case(pattern, text);
    if (text.size() <= variable || !equals_ignoring_case(pattern.substr(0, variable), text.substr(0, variable)))
        return false;
    const std::size_t close = pattern.find('}', variable);
    if (close == std::string_view::npos) return false;
    const std::string_view rest = pattern.substr(close + 1);
    for (std::size_t end = text.size(); end > variable; --end)
        if (matches(rest, text.substr(end))) return true;
    return false;
}

/// By name first: `aws:TagKeys` must not be taken for a key with a part of the caller's choice.
const ConditionKey* find_key(const std::vector<ConditionKey>& keys, std::string_view name) {
    for (const ConditionKey& key : keys)
        if (equals_ignoring_case(key.name, name)) return &key;
    for (const ConditionKey& key : keys)
        if (key.name.find("${") != std::string::npos && matches(key.name, name)) return &key;
    return nullptr;
}

template <class Named>
const Named* find_named(const std::vector<Named>& all, std::string_view name) {
    const auto found =
        std::ranges::find_if(all, [&](const Named& one) { return equals_ignoring_case(one.name, name); });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Action* ServiceReference::find_action(std::string_view action) const { return find_named(actions, action); }

const ResourceType* ServiceReference::find_resource_type(std::string_view type) const {
    return find_named(resource_types, type);
}

const ConditionKey* ServiceReference::find_condition_key(std::string_view key) const {
    return find_key(condition_keys, key);
}

namespace service_reference {

const ServiceReference* find_service(std::string_view prefix) { return reference().find_service(prefix); }

const std::vector<std::string>& prefixes() { return reference().prefixes(); }

const std::vector<ConditionKey>& global_keys() { return reference().global_keys(); }

const ConditionKey* find_global_key(std::string_view key) { return find_key(reference().global_keys(), key); }

}  // namespace service_reference
}  // namespace iamlocal::catalogue
