#include "catalogue/managed_policies_file.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/catalogue/file_builder.hpp"

namespace iamlocal::catalogue {
namespace {

constexpr std::string_view a_line = "arn:aws:iam::aws:policy/A\t3\t1000\t3000\t1\t3\n";
constexpr std::string_view newest_line = "arn:aws:iam::aws:policy/A\t5000\t1000\t3000\t1\t3\n";
constexpr std::string_view b_line = "arn:aws:iam::aws:policy/service-role/B\t1\t2000\t2000\t2\t0\n";
constexpr std::string_view a_history =
    "v\t2\t1500\n"
    "c\t0\t9\n"
    "i\t,\"two\"]}\n"
    "v\t1\t1000\n"
    "i\t[]\n";

/// A catalogue of two policies, the first of which has three versions.
std::string catalogue(std::string_view index, std::string_view history) {
    FileBuilder builder;
    builder.head = "iamlocal-catalogue 2 managed-policies\n\n";
    builder.add(index).add({R"({"a":["1",3]})", "{}", history});
    return builder.build();
}

std::string text_of(std::string_view first, std::string_view second) { return std::string(first).append(second); }

TEST(ManagedPoliciesFile, HasEntriesAndVersions) {
    const std::string bytes = catalogue(text_of(a_line, b_line), a_history);
    const auto opened = ManagedPoliciesFile::open(bytes);
    const auto& file = std::get<0>(opened);
    ASSERT_EQ(file->all().size(), 2u);

    const auto* const b = file->find("arn:aws:iam::aws:policy/service-role/B");
    ASSERT_EQ(b, &file->all()[1]);
    EXPECT_EQ(b->name, "B");
    EXPECT_EQ(b->path, "/service-role/");
    EXPECT_EQ(b->default_version, 1);
    EXPECT_EQ(b->created, Seconds(std::chrono::seconds(2000)));
    EXPECT_EQ(file->document(*b), "{}");
    EXPECT_EQ(file->versions(*b).size(), 1u);
    EXPECT_EQ(file->find("arn:aws:iam::aws:policy/B"), nullptr);

    const auto* const a = file->find("arn:aws:iam::aws:policy/A");
    ASSERT_NE(a, nullptr);
    EXPECT_EQ(a->path, "/");
    const auto versions = file->versions(*a);
    ASSERT_EQ(versions.size(), 3u);
    const struct {
        std::int64_t number;
        int created;
        const char* document;
    } rows[] = {{3, 3000, R"({"a":["1",3]})"}, {2, 1500, R"({"a":["1","two"]})"}, {1, 1000, "[]"}};
    for (std::size_t i = 0; i < 3; ++i) {
        SCOPED_TRACE(rows[i].number);
        EXPECT_EQ(versions[i].number, rows[i].number);
        EXPECT_EQ(versions[i].created, Seconds(std::chrono::seconds(rows[i].created)));
        EXPECT_EQ(versions[i].document, "");
        const auto version = file->find_version(*a, rows[i].number);
        ASSERT_TRUE(version);
        EXPECT_EQ(version->number, rows[i].number);
        EXPECT_EQ(version->created, versions[i].created);
        EXPECT_EQ(version->document, rows[i].document);
    }
    for (const std::int64_t none : {-1, 0, 4}) EXPECT_FALSE(file->find_version(*a, none));
    EXPECT_EQ(file->document(*a).data(), file->document(*a).data()) << "unpacked once";
}

TEST(ManagedPoliciesFile, AnIdMayBeKnown) {
    const std::string bytes =
        catalogue(text_of("arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\tANPAIWMBCKSKIEE64ZLYK\n", b_line), a_history);
    const auto opened = ManagedPoliciesFile::open(bytes);
    const auto& file = std::get<0>(opened);
    EXPECT_EQ(file->all()[0].id, "ANPAIWMBCKSKIEE64ZLYK");
    EXPECT_EQ(file->all()[0].history_text, 0u);
    EXPECT_EQ(file->all()[1].id, "");
}

TEST(ManagedPoliciesFile, ADescriptionMayBeKnown) {
    const std::string bytes =
        catalogue(text_of("arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\tANPAIWMBCKSKIEE64ZLYK\tFor <all>.\n",
                          "arn:aws:iam::aws:policy/B\t1\t1\t1\t2\t0\t\tFor some.\n"),
                  a_history);
    const auto opened = ManagedPoliciesFile::open(bytes);
    ASSERT_EQ(opened.index(), 0u);
    const auto& file = std::get<0>(opened);
    EXPECT_EQ(file->all()[0].id, "ANPAIWMBCKSKIEE64ZLYK");
    EXPECT_EQ(file->all()[0].description, "For <all>.");
    EXPECT_EQ(file->all()[1].id, "");
    EXPECT_EQ(file->all()[1].description, "For some.");
}

TEST(ManagedPoliciesFile, IndexesThatAreRefused) {
    const struct {
        const char* what;
        std::string index;
    } rows[] = {
        {"a customer's ARN", "arn:aws:iam::111122223333:policy/A\t1\t1\t1\t1\t0\n"},
        {"no name", "arn:aws:iam::aws:policy/\t1\t1\t1\t1\t0\n"},
        {"an empty line", "\n"},
        {"out of order", text_of(b_line, a_line)},
        {"twice", text_of(a_line, a_line)},
        {"no version", "arn:aws:iam::aws:policy/A\t\t1\t1\t1\t0\n"},
        {"version 0", "arn:aws:iam::aws:policy/A\t0\t1\t1\t1\t0\n"},
        {"a version below 0", "arn:aws:iam::aws:policy/A\t-1\t1\t1\t1\t0\n"},
        {"a version that is no number", "arn:aws:iam::aws:policy/A\tv1\t1\t1\t1\t0\n"},
        {"a date that is none", "arn:aws:iam::aws:policy/A\t1\t2015-02-06\t1\t1\t0\n"},
        {"a date before 1970", "arn:aws:iam::aws:policy/A\t1\t-1\t1\t1\t0\n"},
        {"a date behind all calendars", "arn:aws:iam::aws:policy/A\t1\t1\t9223372036854775807\t1\t0\n"},
        {"no history", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\n"},
        {"no document", "arn:aws:iam::aws:policy/A\t1\t1\t1\t0\t0\n"},
        {"a document that is not there", "arn:aws:iam::aws:policy/A\t1\t1\t1\t4\t0\n"},
        {"a history that is not there", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t4\n"},
        {"an id that is none", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\t0\n"},
        {"an empty id", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\t\n"},
        {"an id with markup", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\tANPA<AAAAAAAAAAAAAAAA\n"},
        {"an empty description", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\tANPAIWMBCKSKIEE64ZLYK\t\n"},
        {"a description that is no text", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\t\tFor \x01\n"},
        {"a bad id and a description", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\t0\tFor all.\n"},
        {"too many fields", "arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\tANPAIWMBCKSKIEE64ZLYK\tFor all.\t0\n"},
        {"a name that is no text", "arn:aws:iam::aws:policy/A\xFF\t1\t1\t1\t1\t0\n"},
        {"a path that is no text", "arn:aws:iam::aws:policy/\xFF/A\t1\t1\t1\t1\t0\n"},
        {"a name with a space", "arn:aws:iam::aws:policy/A B\t1\t1\t1\t1\t0\n"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        const std::string bytes = catalogue(row.index, a_history);
        const auto opened = ManagedPoliciesFile::open(bytes);
        ASSERT_TRUE(std::holds_alternative<MalformedFile>(opened));
        EXPECT_EQ(std::get<MalformedFile>(opened).reason, "its index is damaged");
    }
    FileBuilder builder;
    builder.head = "iamlocal-catalogue 2 managed-policies\n\n";
    const std::string without_index = builder.build();
    EXPECT_TRUE(std::holds_alternative<MalformedFile>(ManagedPoliciesFile::open(without_index)));
}

TEST(ManagedPoliciesFile, DamagedHistoriesThrow) {
    const struct {
        const char* what;
        std::string history;
        bool in_list;
    } rows[] = {
        {"edits before a version", "c\t0\t1\n", false},
        {"a copy of what is not there", "v\t1\t1\nc\t13\t1\n", false},
        {"a copy beyond the end", "v\t1\t1\nc\t0\t14\n", false},
        {"an offset that overflows", "v\t1\t1\nc\t18446744073709551615\t2\n", false},
        {"a length that overflows", "v\t1\t1\nc\t2\t18446744073709551615\n", false},
        {"a negative offset", "v\t1\t1\nc\t-1\t2\n", false},
        {"a copy without a length", "v\t1\t1\nc\t1\n", false},
        {"an unknown line", "v\t1\t1\nx\t1\n", false},
        {"an empty line", "v\t1\t1\n\n", false},
        {"a version without a date", "v\t1\n", true},
        {"a version without a number", "v\t\t1\n", true},
        {"version 0", "v\t2\t1\nv\t0\t1\n", true},
        {"a version below 0", "v\t-1\t1\n", true},
        {"the default version again", "v\t3\t1\n", true},
        {"versions that do not fall", "v\t1\t1\nv\t2\t1\n", true},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        const std::string bytes = catalogue(text_of(a_line, b_line), row.history);
        const auto opened = ManagedPoliciesFile::open(bytes);
        const auto& file = std::get<0>(opened);
        const auto* const a = file->find("arn:aws:iam::aws:policy/A");
        ASSERT_NE(a, nullptr);
        EXPECT_THROW(static_cast<void>(file->find_version(*a, 7)), std::runtime_error);
        EXPECT_EQ(file->find_version(*a, 3)->document, R"({"a":["1",3]})") << "the default needs no history";
        if (row.in_list) {
            EXPECT_THROW(static_cast<void>(file->versions(*a)), std::runtime_error);
        }
    }
}

TEST(ManagedPoliciesFile, VersionsDoNotGoOnWithoutEnd) {
    std::string many;
    for (int number = 2000; number > 0; --number) many += "v\t" + std::to_string(number) + "\t1\n";
    const std::string bytes = catalogue(text_of(newest_line, b_line), many);
    const auto opened = ManagedPoliciesFile::open(bytes);
    const auto& file = std::get<0>(opened);
    EXPECT_THROW(static_cast<void>(file->find_version(file->all()[0], 1)), std::runtime_error);
    EXPECT_THROW(static_cast<void>(file->versions(file->all()[0])), std::runtime_error);
}

TEST(ManagedPoliciesFile, ADamagedDocumentThrows) {
    FileBuilder builder;
    builder.head = "iamlocal-catalogue 2 managed-policies\n\n";
    builder.add("arn:aws:iam::aws:policy/A\t1\t1\t1\t1\t0\n").groups.push_back({"\xFF", 100});
    builder.sizes.push_back(100);
    const std::string bytes = builder.build();
    const auto opened = ManagedPoliciesFile::open(bytes);
    const auto& file = std::get<0>(opened);
    EXPECT_THROW(static_cast<void>(file->document(file->all()[0])), std::runtime_error);
}

/// A few bytes that copy the document before twice would grow without an end.
TEST(ManagedPoliciesFile, DocumentsDoNotGrowWithoutEnd) {
    std::string doubling;
    std::size_t size = 13;
    for (int number = 4999; size < (std::size_t{1} << 30U); --number, size *= 2) {
        const std::string copy = "c\t0\t" + std::to_string(size) + "\n";
        doubling.append("v\t" + std::to_string(number) + "\t1\n").append(copy).append(copy);
    }
    const std::string bytes = catalogue(text_of(newest_line, b_line), doubling);
    const auto opened = ManagedPoliciesFile::open(bytes);
    const auto& file = std::get<0>(opened);
    EXPECT_THROW(static_cast<void>(file->find_version(file->all()[0], 1)), std::runtime_error);
}

}  // namespace
}  // namespace iamlocal::catalogue
