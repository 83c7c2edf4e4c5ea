// The certificate of the key that has signed the seeds of saml_response, and a private key for encrypted ones. Both
// were made for this alone.
#pragma once

namespace iamlocal::fuzz {

inline constexpr const char* saml_certificate =
    "MIIC/TCCAeWgAwIBAgIURUP3FT3Ba7wwzZRZhgzTWeB15KYwDQYJKoZIhvcNAQELBQAwDjEMMAoGA1UEAwwDaWRwMB4XDTI2MTEy"
    "OTAzMDk1MloXDTI2MTIyOTAzMDk1MlowDjEMMAoGA1UEAwwDaWRwMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAkAAl"
    "XxIoSFocbtT443JdtTBBtJ/CZzKFB75NNoPf2qoU1QwABoSfiuUUxEw5BNELXc8HjvMM7irHp++5GC356clkCdneX5slLFk6LhCG"
    "0rLg1sRvP+XYLExZfv3v5k3MdOvl5BhsmWk583aFpNY45NInbZanxHg1FC1N9FKd2RJAdbvVVNOXzX2YdCHLPeFwLBC7VSuw4M8l"
    "B3rQHc/OffVd4BoA+wbHpspjGXf8RmNDAdD/GmjKXlxJiUoT9/+WNymZGbcyxQ4jn7ITglfgT5VQImljhn5X6TWqO9lDhJtILlXI"
    "3FR6RF9dS8KyOuB3Zhr+9usqnlM4gSYaHazTyQIDAQABo1MwUTAdBgNVHQ4EFgQUcKo+CzcoXAbMigG4XGVhGDAzLjwwHwYDVR0j"
    "BBgwFoAUcKo+CzcoXAbMigG4XGVhGDAzLjwwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAYlSdXo3oLrdO1cMP"
    "NDrbu6EPvNqEYm42yKqEVvPFZ/cMgj9TlKoW2R6Dr2RyIr4vPqFwDP90YE+NaeXg6SpK7Z7ncAgDGcKOWbgf6W5dkKaicEUdwe5E"
    "qnwWRRzw8lOw0geOY/JXn5i8WvcrjKgjHs5xFH4E6NqrmI0GyONx1Do9DIYI+dqmz/RarkMutaKuox0tX4uUNRnnnjXh86i4+iZ/"
    "rQpG+sX7xDb1+RAySF3KPys/Y64VatDG03a7DNCDmc72Sz4KfOylriZn4FTPnqY/kvM6KIViBqtGDE2V2R/ZGDErWfWmMZu/aWig"
    "5hzlzaD3id1xV5YG8xJv4ERSlA==";

inline constexpr const char* saml_private_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDjOyVhdLEHdTG6\n"
    "Ia/5yTjLzOnpR04b6p8hYkzbd+uNZkjmkby4azhrqnE84Hh/gDKuIX+5LEh1CqxD\n"
    "KKlTUxMUNMJMRvMwo7L4IJWYVyuZGZOIldWCs5uQ/zOTgKyyWcgwG6HbXmNFGG5C\n"
    "IwenxoRwKTvyKGX7cNVFAVoSkY9GP9zHwRSbTgZ0mDQFfhhdABGrzWPyPbKsN2+j\n"
    "0FLeuclRMVB2yBjW2bGlQG9DlYnClLIPHwHLBKDLaQ34J2OVTqxYQoSJPMOp1FLh\n"
    "zYvPTxKexajY2qPGc+OSm/rI29jwL9paoVZt9Y+J+d59N2k/d30Mht6RnRwUKgJW\n"
    "FFas8P/VAgMBAAECggEABI+l3vBsM0Wfc2iEs0NeP/0Dfvq+7yGFAzMJbuhX0pVI\n"
    "hlRLkPoZ/lNEBaBN2uVUXxluCmYAqFTIA2sYBwOmYOP0OHq+G+5VQ9THm/C3/9E7\n"
    "HGVBjWeUilMNEntlPAlAUvLjC1e4L2VfpTU1zKDX/LZfLSuxbFwl88YkrDW+xf6t\n"
    "fXJV5H+9pIqXO9OYHLo1TNdby89ikEZqfzh7iw5q8dXjDTQUZg/OicnZC391BPeE\n"
    "Ce0E2ifZoKZynQ4A0/V9OODCc01EPKjydGoQb7WnJqdFx7l01ahpw4P27EAwc258\n"
    "O0KcuUN3ogAxjob6YA3Y0Kyzae02KgRNh0qlsM6VmwKBgQDzsDBgeaTIgUN8Up9E\n"
    "83nQcXQbLTAttCGRJHgC3QmtQ8tQn72b3aihO2vXnfgo2ggNjR6YohiOXAemKINz\n"
    "Y0cDY+44mtgdwj53UEaeKuZlQJhnTjnOWd4JH3BdhTT0IyDOMzLQnWuGBmf8+O7J\n"
    "wzaiaNxuErUUocscZPDGgfiZ3wKBgQDuthpqmpSvDqCPI97vX1e9RxB538aDk2Hn\n"
    "6LnzqPTmx3i0Bk3NBmJ5SSjKXvk6S2aYvuarSnOnsgRubVffE+budBbuzUS5xLc1\n"
    "slBfCtmS8Ihwu7gsrmkDO6oFVbppfyH9UQKFcxe6agNrpEoBEopwerLjMHUATJ/K\n"
    "GGocMYiEywKBgFy5WN8MykfE79HZemL5JgvLb7t7iU6KsQ8SSlwEkU8Nccp+zd4G\n"
    "DMk03AcSQ7//nnrRjKfVXfSlTf/KgKIiT34ZwyZkvQEtzSkHMaezeTFjz9nXKSW8\n"
    "ikD8ZnwfWJPg3fW4A4jfrW809tKKQgohrqNDtURo9+Ae5DMssXVHNToPAoGAdNGZ\n"
    "S+IqMSEvYd1kFDDMd0x3u6zPMUTG/P7fQWbFssqbPz52hIdDWad71s1zmhucMdP6\n"
    "fokI4GA12vSXtAvBT6BwOJ0rrN2f6x9ARcLBhy8/FixHjVYs/fAM3F9/wnD86ULj\n"
    "wPr5+bg3xE26CZxRM4pYUOY928+jwvr/spxq+tECgYEAmEVl4IqLIbgBTJQbBz6u\n"
    "j2EuUf9o8aBkaB26AdCcf7r36xJogaixvnDZXEc+XeEb2wiHnjyeVlhqkaJ5mqTT\n"
    "3PkPZxQcAnkOQqG31kqSUcHOL1ybXgpJOxHT3yczaBrx9MYwxxFpepACZ/MvaDFx\n"
    "zsfYQOLniOi24yfyV6j6diA=\n"
    "-----END PRIVATE KEY-----\n";

}  // namespace iamlocal::fuzz
