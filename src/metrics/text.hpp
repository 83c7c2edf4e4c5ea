// Metrics as Prometheus reads them: its text format 0.0.4, and nothing of it that nobody here needs.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace iamlocal::metrics {

/// The Content-Type of such a text.
inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Names and values; values may be any text.
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

enum class Type { counter, gauge, histogram };

/// Writes families one after the other: begin() and then the samples. Names must be as the format wants them; they are
/// literals of ours.
class Text {
  public:
    /// `help`: one line.
    void begin(std::string_view name, Type type, std::string_view help);
    /// A sample of the family, with `suffix` behind its name: `_bucket`, `_sum`, `_count`, or nothing.
    void sample(Labels labels, std::uint64_t value, std::string_view suffix = {});
    void sample(Labels labels, double value, std::string_view suffix = {});

    /// What was written; empty afterwards.
    std::string take() { return std::move(out_); }

  private:
    void head(Labels labels, std::string_view suffix);

    std::string out_;
    std::string_view name_;
};

}  // namespace iamlocal::metrics
