// The form parameters of a request (application/x-www-form-urlencoded), decoded from body and query string. One
// Parameters per worker: parse() refills it without allocating once it has grown to the size of ordinary requests.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "aws/error.hpp"

namespace iamlocal::protocol {

/// Why a text is no list of form parameters.
enum class QueryError {
    bad_escape,  ///< a '%' without two hexadecimal digits
    bad_text,    ///< a NUL byte, or bytes that are not UTF-8
    too_many,    ///< more than Parameters::limit
};

/// `MalformedQueryString`, which AWS's "Common Error Types" describes as "The query string contains a syntax error."
ApiError malformed_query_string(QueryError error);

struct Parameter {
    std::string_view name;  ///< an item of a list without leading zeros: `Tags.member.01.Key` is `Tags.member.1.Key`
    std::string_view value;
};

/// The items of a list that a request has parameters of.
struct ListItems {
    std::vector<unsigned> numbers;  ///< ascending, each once
    bool has_words = false;         ///< where a number belongs there is some other text
};

class Parameters {
  public:
    /// No operation of IAM or STS comes near it: lists have at most 50 items (tags, policy ARNs).
    static constexpr std::size_t limit = 4096;

    Parameters() = default;
    Parameters(const Parameters&) = delete;  // a copy's views would point into the original
    Parameters& operator=(const Parameters&) = delete;
    Parameters(Parameters&&) = default;
    Parameters& operator=(Parameters&&) = default;

    /// Replaces what was there with the parameters of `query_string` (without the '?') and `body`, in this order. Names
    /// that begin with `X-Amz-` in the query string are of the signature and left out. Empty after an error. Views
    /// obtained before are dead.
    [[nodiscard]] std::optional<QueryError> parse(std::string_view query_string, std::string_view body);

    /// The value of the first parameter of that name: of repeated ones AWS reads the first. `Tags=` and `Tags` have the
    /// empty value.
    std::optional<std::string_view> find(std::string_view name) const;

    /// The items of the parameters called `prefix` + N or `prefix` + N + '.' + anything: for "Tags.member." and
    /// `Tags.member.2.Key` there is 2. Throws MalformedInput for numbers that are none of an item, and for one that is
    /// far above the one before it.
    ListItems items(std::string_view prefix) const;

    /// In order of arrival, repeated ones as often as they came.
    std::span<const Parameter> all() const { return parameters_; }
    auto begin() const { return all().begin(); }
    auto end() const { return all().end(); }
    std::size_t size() const { return parameters_.size(); }
    bool empty() const { return parameters_.empty(); }

  private:
    std::optional<QueryError> read(std::string_view text, bool skip_signature);
    std::optional<QueryError> decode(std::string_view text, std::string_view& out);
    void clear();

    std::vector<char> arena_;  ///< the decoded bytes; as large as the encoded ones, so it never moves while filling
    std::size_t used_ = 0;
    std::vector<Parameter> parameters_;
    std::vector<unsigned> by_name_;  ///< positions sorted by name, then arrival; only filled for long lists
};

}  // namespace iamlocal::protocol
