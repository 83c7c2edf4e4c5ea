// What a signature may look like is decided on the tree of libxml2, strictly and before xmlsec1 sees it; xmlsec1 then
// gets the key, so that it never looks for one, and hands out the very bytes that it has digested.
#include "xmldsig/verify.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <functional>
#include <memory>
#include <vector>

#include "base/encoding.hpp"
#include "xmldsig/library.hpp"

namespace iamlocal::xmldsig {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr int most_depth = 64;
constexpr std::string_view signature_space = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::string_view exclusive_form = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr std::array<std::string_view, 6> signature_methods{
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",   "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",   "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"};
constexpr std::array<std::string_view, 3> digest_methods{"http://www.w3.org/2001/04/xmlenc#sha256",
                                                         "http://www.w3.org/2001/04/xmldsig-more#sha384",
                                                         "http://www.w3.org/2001/04/xmlenc#sha512"};

/// Only where it is known that there is one.
const Library& xml() { return *Library::find(); }

struct FreeDocument {
    void operator()(xmlDoc* document) const { xml().freeDoc(document); }
};
using Document = std::unique_ptr<xmlDoc, FreeDocument>;
struct FreeParser {
    void operator()(xmlParserCtxt* parser) const { xml().freeParserCtxt(parser); }
};
struct FreeKey {
    void operator()(xmlSecKey* key) const { xml().secKeyDestroy(key); }
};
using Key = std::unique_ptr<xmlSecKey, FreeKey>;
struct FreeContext {
    void operator()(xmlSecDSigCtx* context) const { xml().secDSigCtxDestroy(context); }
};
using SignatureContext = std::unique_ptr<xmlSecDSigCtx, FreeContext>;

void say_nothing(void*, const char*, ...) {}

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

bool is(const xmlNode* node, std::string_view name) {
    return node->type == XML_ELEMENT_NODE && view(node->name) == name && node->ns != nullptr &&
           view(node->ns->href) == signature_space;
}

/// The elements within one; nothing where text stands between them.
std::optional<std::vector<xmlNode*>> elements_of(const xmlNode* parent) {
    std::vector<xmlNode*> found;
    for (xmlNode* node = parent->children; node != nullptr; node = node->next) {
        if (node->type == XML_ELEMENT_NODE)
            found.push_back(node);
        else if (node->type != XML_TEXT_NODE || xml().isBlankNode(node) != 1)
            return std::nullopt;
    }
    return found;
}

/// The value of an attribute without a namespace, if it is plain text.
std::optional<std::string_view> attribute_of(const xmlNode* node, std::string_view name) {
    for (const xmlAttr* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
        if (attribute->ns != nullptr || view(attribute->name) != name) continue;
        if (attribute->children == nullptr) return std::string_view();
        if (attribute->children->type != XML_TEXT_NODE || attribute->children->next != nullptr) return std::nullopt;
        return view(attribute->children->content);
    }
    return std::nullopt;
}

template <std::size_t size>
bool has_method(const xmlNode* node, std::string_view name, const std::array<std::string_view, size>& methods) {
    if (!is(node, name) || node->children != nullptr) return false;
    const auto method = attribute_of(node, "Algorithm");
    return method && std::find(methods.begin(), methods.end(), *method) != methods.end();
}

bool is_exclusive_form(const xmlNode* node, std::string_view name) {
    if (!is(node, name) || attribute_of(node, "Algorithm") != exclusive_form) return false;
    // Prefixes whose namespaces are signed as they stand.
    const auto within = elements_of(node);
    return within && std::all_of(within->begin(), within->end(), [](const xmlNode* child) {
               return view(child->name) == "InclusiveNamespaces" && child->ns != nullptr &&
                      view(child->ns->href) == exclusive_form && child->children == nullptr;
           });
}

bool is_reference_to(const xmlNode* node, std::string_view id) {
    if (!is(node, "Reference") || attribute_of(node, "URI") != std::string("#").append(id)) return false;
    if (attribute_of(node, "Type")) return false;
    const auto parts = elements_of(node);
    if (!parts || parts->size() != 3 || !is((*parts)[0], "Transforms") || !is((*parts)[2], "DigestValue")) return false;
    if (!has_method((*parts)[1], "DigestMethod", digest_methods)) return false;
    const auto transforms = elements_of((*parts)[0]);
    return transforms && transforms->size() == 2 && has_method((*transforms)[0], "Transform", std::array{enveloped}) &&
           is_exclusive_form((*transforms)[1], "Transform");
}

/// Whether a Signature has the one form that is understood here.
bool is_signature_of(const xmlNode* signature, std::string_view id) {
    const auto parts = elements_of(signature);
    if (!parts || parts->size() < 2 || parts->size() > 3) return false;
    if (!is((*parts)[0], "SignedInfo") || !is((*parts)[1], "SignatureValue")) return false;
    if (parts->size() == 3 && !is((*parts)[2], "KeyInfo")) return false;
    const auto signed_info = elements_of((*parts)[0]);
    return signed_info && signed_info->size() == 3 && is_exclusive_form((*signed_info)[0], "CanonicalizationMethod") &&
           has_method((*signed_info)[1], "SignatureMethod", signature_methods) &&
           is_reference_to((*signed_info)[2], id);
}

/// What is looked for in the whole document.
class Search {
  public:
    explicit Search(std::string_view id) : id_(id) {}

    /// False where the document may not be as it is.
    bool walk(xmlNode* node, int depth = 0) {
        if (depth > most_depth) return false;
        for (; node != nullptr; node = node->next) {
            if (node->type == XML_ENTITY_REF_NODE || node->type == XML_DTD_NODE) return false;
            if (node->type != XML_ELEMENT_NODE) continue;
            note_ids(node);
            if (!walk(node->children, depth + 1)) return false;
        }
        return true;
    }
    bool has_repeated_ids() {
        std::sort(ids_.begin(), ids_.end());
        return std::adjacent_find(ids_.begin(), ids_.end()) != ids_.end();
    }
    xmlNode* element() const { return element_; }
    xmlAttr* attribute() const { return attribute_; }

  private:
    /// Whoever spells it otherwise, or puts it into a namespace, may mean an id, too: `Id`, `xml:id`.
    void note_ids(xmlNode* node) {
        for (xmlAttr* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
            const std::string_view name = view(attribute->name);
            if (name != "ID" && name != "Id" && name != "id" && name != "iD") continue;
            const xmlNode* const text = attribute->children;
            ids_.push_back(text == nullptr ? std::string() : std::string(view(text->content)));
            if (name != "ID" || attribute->ns != nullptr || ids_.back() != id_) continue;
            element_ = node;
            attribute_ = attribute;
        }
    }

    std::string_view id_;
    std::vector<std::string> ids_;
    xmlNode* element_ = nullptr;
    xmlAttr* attribute_ = nullptr;
};

/// Its one signature, if it has one and no second.
xmlNode* signature_in(const xmlNode* element) {
    xmlNode* found = nullptr;
    for (xmlNode* node = element->children; node != nullptr; node = node->next) {
        if (!is(node, "Signature")) continue;
        if (found != nullptr) return nullptr;
        found = node;
    }
    return found;
}

Document parse(std::string_view text) {
    if (text.size() > most_bytes || text.size() > INT_MAX) return nullptr;
    const std::unique_ptr<xmlParserCtxt, FreeParser> parser(xml().newParserCtxt());
    if (!parser) return nullptr;
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    Document document(
        xml().ctxtReadMemory(parser.get(), text.data(), static_cast<int>(text.size()), nullptr, "UTF-8", options));
    if (!document || document->intSubset != nullptr || document->extSubset != nullptr) return nullptr;
    return document;
}

/// The public key of a certificate, whatever its dates.
Key key_of(const std::string& certificate) {
    return Key(xml().cryptoAppKeyLoadMemory(as_bytes(certificate).data(), certificate.size(),
                                            xmlSecKeyDataFormatCertDer, nullptr, nullptr, nullptr));
}

bool allow(xmlSecDSigCtx* context) {
    for (const xmlSecTransformId id :
         {xml().transformRsaSha256(), xml().transformRsaSha384(), xml().transformRsaSha512(),
          xml().transformEcdsaSha256(), xml().transformEcdsaSha384(), xml().transformEcdsaSha512(),
          xml().transformExclC14N()})
        if (xml().secDSigCtxEnableSignatureTransform(context, id) < 0) return false;
    for (const xmlSecTransformId id : {xml().transformEnveloped(), xml().transformExclC14N(), xml().transformSha256(),
                                       xml().transformSha384(), xml().transformSha512()})
        if (xml().secDSigCtxEnableReferenceTransform(context, id) < 0) return false;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    context->flags |= XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    return true;
}

/// The bytes that were digested, if the key has signed them.
std::optional<std::string> signed_bytes(xmlNode* signature, Key key) {
    const SignatureContext context(xml().secDSigCtxCreate(nullptr));
    if (!key || !context || !allow(context.get())) return std::nullopt;
    context->signKey = key.release();
    if (xml().secDSigCtxVerify(context.get(), signature) < 0 || context->status != xmlSecDSigStatusSucceeded)
        return std::nullopt;
    if (xml().secPtrListGetSize(&context->signedInfoReferences) != 1) return std::nullopt;
    const auto reference =
        static_cast<xmlSecDSigReferenceCtxPtr>(xml().secPtrListGetItem(&context->signedInfoReferences, 0));
    const xmlSecBufferPtr bytes = xml().secDSigReferenceCtxGetPreDigestBuffer(reference);
    if (bytes == nullptr || xml().secBufferGetData(bytes) == nullptr) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(xml().secBufferGetData(bytes)), xml().secBufferGetSize(bytes));
}

/// What may stand in a reference without meaning something else there.
bool is_plain_id(std::string_view id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

}  // namespace

bool is_built_in() { return true; }

bool is_installed() { return Library::find() != nullptr; }

std::optional<std::string> verify(std::string_view text, std::string_view id,
                                  std::span<const std::string> certificates) {
    if (!is_plain_id(id) || Library::find() == nullptr) return std::nullopt;
    xml().setGenericErrorFunc(nullptr, say_nothing);  // of this thread
    const Document document = parse(text);
    if (!document) return std::nullopt;
    Search search(id);
    if (!search.walk(document->children) || search.has_repeated_ids() || search.element() == nullptr)
        return std::nullopt;
    xmlNode* const signature = signature_in(search.element());
    if (signature == nullptr || !is_signature_of(signature, id)) return std::nullopt;
    if (xml().addID(nullptr, document.get(), as_bytes(std::string(id).c_str()).data(), search.attribute()) == nullptr)
        return std::nullopt;
    for (const std::string& certificate : certificates)
        if (auto bytes = signed_bytes(signature, key_of(certificate))) return bytes;
    return std::nullopt;
}

}  // namespace iamlocal::xmldsig
