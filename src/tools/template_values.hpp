// The values of a CloudFormation template with its functions (Ref, Fn::Sub, …) worked out, as far as a template alone
// can tell. What only CloudFormation knows is an error that names it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/input.hpp"
#include "tools/template_resources.hpp"
#include "tools/yaml.hpp"

namespace iamlocal::tools {

/// A value without functions.
struct PlainValue {
    enum class Kind { absent, null, text, list, map };  ///< absent: AWS::NoValue
    Kind kind = Kind::absent;
    Place place;
    std::string text;
    std::vector<PlainValue> items;
    std::vector<std::pair<PlainValue, PlainValue>> entries;

    /// JSON, each value where it stands in the template.
    [[nodiscard]] std::string json() const;
};

class TemplateValues {
  public:
    /// @param root the template; must outlive this, as `given` must
    TemplateValues(yaml::Value root, const TemplateParameters& given);

    /// Throws InputError, with the place, for what cannot be worked out.
    [[nodiscard]] PlainValue work_out(const yaml::Value& value);
    /// The same with `stand_in` for values that only CloudFormation knows; adds to `problems` what is wrong with each.
    [[nodiscard]] PlainValue work_out(const yaml::Value& value, std::string_view stand_in,
                                      std::vector<std::string>& problems);
    /// Throws InputError as work_out() does, and for what is no text then.
    [[nodiscard]] std::string text_of(const yaml::Value& value);
    /// Whether the condition of that name holds. Throws InputError as work_out() does.
    [[nodiscard]] bool holds(const std::string& condition, const yaml::Value& where);
    /// Of `Fn::If` the branch that counts; any other value as it is.
    [[nodiscard]] yaml::Value branch_of(yaml::Value value);
    /// Whether it is a function other than `Fn::If`.
    [[nodiscard]] static bool is_function(const yaml::Value& value);

  private:
    struct Call;
    [[nodiscard]] static std::optional<Call> find_call(const yaml::Value& value);

    /// What stands in for values that are not known, while that is allowed.
    struct StandIn {
        std::string_view text;
        std::vector<std::string>* problems = nullptr;
    };

    PlainValue plain(const yaml::Value& value);
    PlainValue call_or_stand_in(const Call& call, const yaml::Value& value);
    PlainValue call(const Call& call);
    PlainValue reference(const std::string& name, const yaml::Value& where);
    PlainValue attribute(const std::string& name, const std::string& attribute, const yaml::Value& where);
    PlainValue parameter(const std::string& name, const yaml::Value& declared, const yaml::Value& where);
    PlainValue substitute(const Call& call);
    PlainValue select(const Call& call);
    PlainValue find_in_map(const Call& call);
    [[nodiscard]] std::optional<std::string> known_by_aws(std::string_view name) const;
    [[nodiscard]] StackPlace place() const;
    [[nodiscard]] StackResource resource(const std::string& name, const yaml::Value& declared);
    [[nodiscard]] bool test(const yaml::Value& condition);
    [[nodiscard]] std::vector<yaml::Value> arguments(const Call& call, std::size_t least, std::size_t most) const;
    [[nodiscard]] std::vector<PlainValue> list_of(const yaml::Value& value);
    [[nodiscard]] PlainValue text_at(std::string text, const yaml::Value& where);

    yaml::Value root_;
    const TemplateParameters& given_;
    std::map<std::string, std::string> names_;  ///< of resources, that they are made once
    StandIn stand_in_;
    std::size_t depth_ = 0;
    std::size_t spent_ = 0;
};

}  // namespace iamlocal::tools
