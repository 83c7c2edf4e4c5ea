// Which services have been called: what LocalStack's health calls `running`, and `available` before.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>

#include "app/operations.hpp"

namespace iamlocal::app {

/// Safe for threads.
class CalledServices {
  public:
    /// The table must outlive this.
    explicit CalledServices(const ServiceTable& services)
        : services_(services), called_(std::make_unique<std::atomic<bool>[]>(services.rows().size())) {}

    /// @param service a row of the table
    void note(const Service& service) {
        std::atomic<bool>& called = called_[static_cast<std::size_t>(&service - services_.rows().data())];
        // Nearly always it is set: workers then share the line without writing it.
        if (!called.load(std::memory_order_relaxed)) called.store(true, std::memory_order_relaxed);
    }
    bool contains(std::string_view name) const {
        const Service* const service = services_.find_by_name(name);
        return service != nullptr && called_[static_cast<std::size_t>(service - services_.rows().data())];
    }
    void clear() {
        for (std::size_t i = 0; i < services_.rows().size(); ++i) called_[i] = false;
    }

  private:
    const ServiceTable& services_;
    std::unique_ptr<std::atomic<bool>[]> called_;
};

}  // namespace iamlocal::app
