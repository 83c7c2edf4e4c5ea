// Templates that many files use, compiled once for the whole program (instances.cpp) instead of once for each of these
// files: about two of the ten to twenty seconds that the compiler takes for some files that read and write JSON. It is
// among the headers that are read before all files (src/targets.cmake); nobody includes it, and without it everything
// compiles as well.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#ifndef IAMLOCAL_INSTANTIATE
#define IAMLOCAL_INSTANTIATE extern template
#endif

IAMLOCAL_INSTANTIATE class nlohmann::basic_json<>;
IAMLOCAL_INSTANTIATE class nlohmann::basic_json<nlohmann::ordered_map>;
IAMLOCAL_INSTANTIATE class std::vector<nlohmann::json>;
IAMLOCAL_INSTANTIATE class std::vector<nlohmann::ordered_json>;
IAMLOCAL_INSTANTIATE class std::map<std::string, nlohmann::json>;
IAMLOCAL_INSTANTIATE class std::vector<std::string>;
IAMLOCAL_INSTANTIATE class std::map<std::string, std::string>;

// What the library keeps to itself has other names in other versions.
#if NLOHMANN_JSON_VERSION_MAJOR == 3 && NLOHMANN_JSON_VERSION_MINOR == 11
#define IAMLOCAL_INSTANTIATE_READER(Json, Iterator)                                                               \
    IAMLOCAL_INSTANTIATE class nlohmann::detail::lexer<Json, nlohmann::detail::iterator_input_adapter<Iterator>>; \
    IAMLOCAL_INSTANTIATE class nlohmann::detail::parser<Json, nlohmann::detail::iterator_input_adapter<Iterator>>
#define IAMLOCAL_INSTANTIATE_JSON(Json)                                              \
    IAMLOCAL_INSTANTIATE class nlohmann::detail::serializer<Json>;                   \
    IAMLOCAL_INSTANTIATE class nlohmann::detail::json_sax_dom_parser<Json>;          \
    IAMLOCAL_INSTANTIATE class nlohmann::detail::json_sax_dom_callback_parser<Json>; \
    IAMLOCAL_INSTANTIATE_READER(Json, const char*);                                  \
    IAMLOCAL_INSTANTIATE_READER(Json, std::string::const_iterator)
IAMLOCAL_INSTANTIATE_JSON(nlohmann::json);
IAMLOCAL_INSTANTIATE_JSON(nlohmann::ordered_json);
#undef IAMLOCAL_INSTANTIATE_JSON
#undef IAMLOCAL_INSTANTIATE_READER
#endif
#undef IAMLOCAL_INSTANTIATE
