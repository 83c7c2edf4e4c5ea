// The members of a seed's things, each listed once: a reader fills them in, and the JSON schema is printed by the same
// list.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "seed/values.hpp"

namespace iamlocal::seed {

/// Texts are literals.
struct Member {
    const char* name;
    const char* what;  ///< for people, in the schema
    bool is_required = false;
    bool takes_null = false;  ///< which sets Given::removed
};

/// What a text may be; where AWS checks it anyway, nothing is said here.
struct TextForm {
    std::span<const std::string_view> choices = {};
    bool is_secret = false;
};

class Members {
  public:
    virtual ~Members() = default;

    virtual void text(const Member& member, Text& value, TextForm form = {}) = 0;
    virtual void number(const Member& member, Number& value) = 0;
    virtual void flag(const Member& member, Flag& value) = 0;
    virtual void texts(const Member& member, Texts& value, TextForm form = {}) = 0;
    virtual void pairs(const Member& member, Pairs& value) = 0;
    virtual void document(const Member& member, Document& value) = 0;
    virtual void documents(const Member& member, Documents& value) = 0;
    /// A map, or a text that says the same.
    virtual void object_or_text(const Member& member, Anything& value) = 0;
    virtual void object(const Member& member, Anything& value) = 0;

    /// Things by name. T has `describe(Members&)` and `shape`, the name that the schema gives it.
    template <class T>
    void map(const Member& member, Map<T>& value) {
        things(member, {T::shape, Shape::Form::map}, value, [&value](const Text& name) -> Describe {
            T& added = value.items.emplace_back(Named<T>{name, {}}).value;
            return [&added](Members& of) { added.describe(of); };
        });
    }
    template <class T>
    void list(const Member& member, List<T>& value) {
        things(member, {T::shape, Shape::Form::list}, value, [&value](const Text&) -> Describe {
            T& added = value.items.emplace_back();
            return [&added](Members& of) { added.describe(of); };
        });
    }
    template <class T>
    void one(const Member& member, One<T>& value) {
        things(member, {T::shape, Shape::Form::one}, value,
               [&value](const Text&) -> Describe { return [&value](Members& of) { value.value.describe(of); }; });
    }

  protected:
    struct Shape {
        enum class Form { one, list, map };
        const char* name;
        Form form;
    };
    /// Lists the members of a thing.
    using Describe = std::function<void(Members&)>;
    /// Makes the next thing. What it gives is used before the next call.
    using Add = std::function<Describe(const Text& name)>;

    virtual void things(const Member& member, Shape shape, Given& value, const Add& add) = 0;
};

}  // namespace iamlocal::seed
