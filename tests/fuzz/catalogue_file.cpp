// Data files of the catalogue from elsewhere (--managed-policies). Whatever their bytes are: a file, or a reason; and
// of a file every text, document and version, or an error. What unpacks once unpacks the same way again. An input that
// does not start like such a file is texts with NULs between, which are packed into one: so the fuzzer reaches what is
// behind the compression.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "catalogue/managed_policies_file.hpp"
#include "unit/catalogue/file_builder.hpp"

using namespace iamlocal::catalogue;

namespace {

void unpack_all(std::string_view bytes) {
    const auto opened = CompressedFile::parse(bytes, "managed-policies");
    const auto* const file = std::get_if<CompressedFile>(&opened);
    if (file == nullptr) return;
    static_cast<void>(file->is_intact());
    for (std::size_t i = 0; i < file->size(); ++i) {
        const auto text = file->text(i);
        if (text && text->size() > CompressedFile::max_group_size) std::abort();
        if (file->text(i) != text) std::abort();
    }
    if (file->text(file->size())) std::abort();
}

void ask_all(const ManagedPoliciesFile& file) {
    for (const auto& entry : file.all()) {
        if (file.find(entry.arn) != &entry) std::abort();
        try {
            if (file.document(entry).data() != file.document(entry).data()) std::abort();
            for (const auto& version : file.versions(entry))
                static_cast<void>(file.find_version(entry, version.number));
        } catch (const std::runtime_error&) {
            continue;  // damaged there, and said so
        }
    }
}

std::string pack(std::string_view texts) {
    FileBuilder builder;
    builder.head = "iamlocal-catalogue 2 managed-policies\n\n";
    while (!texts.empty()) {
        const std::string_view text = texts.substr(0, texts.find('\0'));
        builder.add(text);
        texts.remove_prefix(std::min(texts.size(), text.size() + 1));
    }
    return builder.build();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    std::string packed;
    if (!bytes.starts_with("iamlocal-catalogue")) {
        packed = pack(bytes);
        bytes = packed;
    }
    unpack_all(bytes);
    const auto opened = ManagedPoliciesFile::open(bytes);
    if (const auto* const file = std::get_if<0>(&opened)) ask_all(**file);
    return 0;
}
