// Tokens of alice, https://idp.example.com, client, from 1700000000 to 1700003600, and the keys that signed them; made
// by Python's cryptography. The private keys were thrown away.
#pragma once

#include <string_view>
#include <utility>

namespace iamlocal::federation::tokens {

inline constexpr std::string_view rsa_jwk =
    R"({"kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": "ql63p8gLcel4T2sbr-G621kKDdxWn0xOggZ)"
    R"(xEfMTY968kAskLxIA9rtvG8m64uNtQKBoZrOPLSnYdCuzcTsvPV5pjxX_iobB6fhLxg5Ph4gtVzzX97Y2dP9RAKl5GEAyFbBAIoF)"
    R"(eA-cqOJOC9CsXGdLhusxHcS0aXKuQaz-_YIeMah5jph4WtvaQVs0K-5fQaW8rU_fxkjQpcUEl9do4A6JuOdSP7HDJoexa2Jbn63U)"
    R"(Sn4Jotx8TE3dochCJsHg-ZPR0tmTYgiZikpwUFMEeHPiWk3yPZOqxlqyR-aDrNhDOAWLQrIq1ARGGl7MjNXBwRc3cDGf2uFyZZJf)"
    R"(tPyRqOQ", "e": "AQAB"})";
inline constexpr std::string_view other_rsa_jwk =
    R"({"kty": "RSA", "kid": "other", "use": "sig", "alg": "RS256", "n": "sVmXt5VdtzXI9U2wjLSSbnMqOVKRfNSLB)"
    R"(y1GpSWuPxxq8NDJvm9XgAB_t2nG_ld74gzfzHSRugiRgIwOK4TbXZETqb6y5n0xbHYw6fC_J0nByKPmEsaWej2OJaMXFIBAlQfov)"
    R"(xh4LF4EHGi7ttVreJQdzBSd76o7NSvy51woCpghiszwFjDbZ9AvKtxnirb434jh9gf-tgmLDNWn-sLWT_cDOPK7mI_OEC69nS6Dg)"
    R"(Cl9dAP_Gavf6U6DiQaJAA85ct_tC8Va7EgfUCtt26r9zlMM2bhF4rrXR2j9cvT5fyfxtQk1NaXH9_vD4hH2W1sBvA9dmo1Ocv2cm)"
    R"(drmoqOFwQ", "e": "AQAB"})";
inline constexpr std::string_view ec256_jwk =
    R"({"kty": "EC", "kid": "ec256", "crv": "P-256", "x": "FOBFWDHS4e4mPDabW_cg65pL8sxVKK94Ya066KZ1KM4", "y)"
    R"(": "mboBBDuO35zKXhClvY3-TF-VvnYeRXDR2SKyG1yf7Fs"})";
inline constexpr std::string_view ec384_jwk =
    R"({"kty": "EC", "kid": "ec384", "crv": "P-384", "x": "6vVr9Tzyd5VSRJDQ_yuQnpxUdeB78lNrmIpE9SVB4X1dwcOa)"
    R"(n2YzeibqzfDbzow9", "y": "_LUCKIoFKuW4_H2c3-TyrYM80SxY_Zh3zL_uTW0NUMxzDEDQqz26vu1MKWWUmdhP"})";
inline constexpr std::string_view ec512_jwk =
    R"({"kty": "EC", "kid": "ec512", "crv": "P-521", "x": "APQkU2FANKvh5W00hWimcf1SRSD7YdunAmO2ocYJZM8SKt1m)"
    R"(JGe2_zR93l4jIvMcDAHVIsF1_lrcx_A6TlJAQf_s", "y": "AWAGr2BFHQ8NCOvG-Zj70t9O7JTG1JDk0czujPfU_JVvNQyrwKx)"
    R"(J9qME4ubJfYXvi6R8IoWTJSkkDjOByzG-Ajgv"})";

/// Of the RSA key.
inline constexpr std::string_view rsa_x5c =
    R"(MIIC+zCCAeOgAwIBAgIUDROqbkzO2L6yq8Vc5haW1tnnRAEwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjgy)"
    R"(MzU4NTlaGA8yMDUxMDcyMDIzNTg1OVowDDEKMAgGA1UEAwwBYTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAKpet6fI)"
    R"(C3HpeE9rG6/huttZCg3cVp9MToIGcRHzE2PevJALJC8SAPa7bxvJuuLjbUCgaGazjy0p2HQrs3E7Lz1eaY8V/4qGwen4S8YOT4eI)"
    R"(LVc81/e2NnT/UQCpeRhAMhWwQCKBXgPnKjiTgvQrFxnS4brMR3EtGlyrkGs/v2CHjGoeY6YeFrb2kFbNCvuX0GlvK1P38ZI0KXFB)"
    R"(JfXaOAOibjnUj+xwyaHsWtiW5+t1Ep+CaLcfExN3aHIQibB4PmT0dLZk2IImYpKcFBTBHhz4lpN8j2TqsZaskfmg6zYQzgFi0KyK)"
    R"(tQERhpezIzVwcEXN3Axn9rhcmWSX7T8kajkCAwEAAaNTMFEwHQYDVR0OBBYEFGGe4xCnkTQyeVh8E9wdgZUR10+qMB8GA1UdIwQY)"
    R"(MBaAFGGe4xCnkTQyeVh8E9wdgZUR10+qMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAHBEcShOqmGpotZM2ZTo)"
    R"(eGDFNnzfVb3Pmqz+FxlnEIW/IYCF7/WPFP9mvKfUHLO+lnhL0h2vucVlFWbR0I6oH9RGGy/IDR9Yc5tVNgHvN4LBUZl+ZdHErCiH)"
    R"(9DKffU2vas+Bg9QS9YOL2fZ4CXYuHYiJrcUTvnx0nj48EDu5t6vOVZ77rdigthekoMZ6Hwqr2WckJNPM9DhD//eke6hch8CNPMKl)"
    R"(ikmaIdEm/TMV3Vmue6S4PrG8jvgG65cgWJVRznx+xyc5zGycFVjZd4EOEGTlQ6mfHPQk4RHIAgGHTIb+04yEvPnxdPoFTb1OSq74)"
    R"(qYshM3GMPH4d2BOt8a6i95w=)";
inline constexpr std::string_view rs256 =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.Z_9FlUkGowjajiyivJ)"
    R"(pShrTkIl-6IRMKak-zsPvQ662_kKCpREGkQdVSjdkhd31Ok6C3HcHdiQjw8Uhx4sQeMME7sqb8p2qOClVJPoPXsCXGs2ptt9PIaB)"
    R"(vooNqHngX4TSJIDsNtXIVReOkm0vO6AZL-W1i__0CLM24HsWrkS2hawGbLpesND57pLUFmV2n8N5qY3ZlWJX4HbPN7nBS6TbUBPp)"
    R"(YOH-ipwBobBp4JcuWlrTGWHZxk_3LU3XtnoQ4UgrREb3HOWtL3kRU-8RrDXz-jOjcF7Jxd6Q7nfCIOAC1ajFNGmksAeaQB1JgnzO)"
    R"(2anWuEVONArB0KMkLJ8LIf_w)";
inline constexpr std::string_view rs384 =
    R"(eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.V3v9h9sH5SIeh25JCk)"
    R"(Y7y5xOOUvjwvi-v_g9fVpjRT6WqXSQwFXQjMZcPiuhsQXcFHMr9POpUV45Gqn7WIRrOkKKqKRaDdY9Pd_GjD3Qfh7wNo5zo0iHxs)"
    R"(gto_uj37roSpeZrDvS5t_DNDjXzi0rZMVJOSPhi1xtDJnd2mnzPbOtH3QbB3tUpfE8bMlTO_To1M9SCk4N-ZhT3dKcFcdUbJVjF7)"
    R"(VqtGin3uqae7Xaa8AJJCtg4JSxoOytHj3Eorq-HU7HpIFpe0SH4Ny_kSNkmzI3Eef-kUDpxdaKj6itUoEso7pTvM1iZWaOQ9szwV)"
    R"(8J0F-HWCBkLVojYVujx-Nz_g)";
inline constexpr std::string_view rs512 =
    R"(eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.oFUQYAIVb9ywzDUCaT)"
    R"(8ZR93RyfoCqsav5fO4szToGhM_SggvMm3Q9VZ4WPmgkpOLrKVQN-I-vpu45T5eGoJiLLljev5d7ZAUgchoUehIxGkkZJJLX8YVXw)"
    R"(PNtKDe9uIqGo60ZWtOaI51hgQRVXTUuyXrr3VaE_IM7AvPuchNX-SoBTtJ3RL2Yg1TAYk0E6f8cBi4k8EmAqqQjVeVNGR3nT5G_Y)"
    R"(kmQLaYu3j5G10FOcWwDoZF0iuz50Gv47iPHo_nqhe_moL7i37PU23i7a_aKDbCtt9wFZLxDtt2xg8cN1hITlzn-q7e6Zj9iOG1CN)"
    R"(OinwLBM6wh5ZiurN1C0hioxA)";
inline constexpr std::string_view ps256 =
    R"(eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.NdMRvtUDHl5C_BnCKa)"
    R"(XKdPBakIYzDJnjvwPig7zgVKhBfEwmmbjKd3eH7H9ZY-PRgKqqC4WnaYO78V_nkbpTSaYv8dnnll-i-sRLU8Da69mHeq-teSSQVr)"
    R"(YUcbwk4gUkNDil4ajeF4dq3NIdtxz7Ojt5ZI-TeeK-yczPha79Oelev3XJgsB38n6eS1EDzihyiFmPsBiiPaTbPUncP3wugTTgng)"
    R"(2CWpDer47805jCIeLikkAxYfBhKbW3pvM6yHtuqS2djLS0imwErSYDf_xlLvDxANNX9AMRTmBTqKDDl-YAOAURvmAWZyDxvsQOzr)"
    R"(6zqoge_5zs2gBq6YpxOasD3Q)";
inline constexpr std::string_view ps384 =
    R"(eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ifeJq9g9eODOGHVDIZ)"
    R"(F4DZIlpqNbwRM_bebHYVArxQM__WZNqyKehvMU0Aj7w9YAE1p3olu_7b6MaNAc4RxuXCcQMt1LT5gSTSJYExI5BCLU_iu7n0R9o9)"
    R"(eaE0wng4xOmJEp6Gv1bn3FZ_XIeF_pKmyzs_F_N6UK7mPxS0lPMSej-VZWcVzqAZ7xqlmuA7q59RE_tTuS-wg_-ob1QIqoxA5AO3)"
    R"(LGEQovaYnDd_foFyGvRbCuNJNleOZhBZgKBhBuI2B-PekPtJ_awiyW2NaRc0X-K-fOxTfd5Q-u1Fk_N5qcJAzgCVhQxXx0Wpgv0S)"
    R"(eBArn7xHpHyyotRsP-6jk0fg)";
inline constexpr std::string_view ps512 =
    R"(eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.kUco84-ott0MyORoSo)"
    R"(PWqMI3wcMF4cTfXrtg0W6tH5YXz0Hxkw8HyHPfCmkCA8ds7xILRjy1cNhqTx7DPyktBnZ5lbgtkClNMZv7fwlDX4WAXM-Ciu8Wa0)"
    R"(9JcNA48TID_fSojQlhrqcTKkEHnmJALKjtBSWMM9G3lhurvWTO_yE2NeMN_mBlsTqgRnd1cAuhk3-L-HN-2mLgw2sLCeDXSyxIkx)"
    R"(_5AJw_pJsHfI9zlGCh1C3E7Wvq_u-qywbxKhMIya0sXixBIRHn0S3uJxlLiuUZN8LmXfWXHgFVH0b9GjsSJFZeq5psQpoUpwbG0C)"
    R"(lturXGxKY9F5jKTiwqDJtaxg)";
inline constexpr std::string_view es256 =
    R"(eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.VuFS3lQI-BZ8q0y)"
    R"(BdZK3ue6qwQh0iEZw-xAcM9akZdmWHdPnXy-sIf6MY4pbOgvjof75ZknsSQwgvUyMFR4h4Q)";
inline constexpr std::string_view es384 =
    R"(eyJhbGciOiJFUzM4NCIsImtpZCI6ImVjMzg0IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.vPXdSpdypC0eez6)"
    R"(lyfo9vDDXEVf7QJWFAyEUGpocn6ff_fkKRMJMr_HH4TjICadfZ4GP-W8Wrx4yE4sAI-4vysq16q9td796_xQh6l8GvVCcwBg6DDw)"
    R"(HMbD6hxAeG-gW)";
inline constexpr std::string_view es512 =
    R"(eyJhbGciOiJFUzUxMiIsImtpZCI6ImVjNTEyIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.Afsq2BmLsgowwIa)"
    R"(GDdAzq-RDl2-NXqQm6Vgfp5Kf-gilwFTY6o-MlcHf4ot88IGS92q4d5B7mLM7_z4VbmlmvZi2AfXejzfevWs7UpLhsx-yHB-dafX)"
    R"(BEBD1vuAtZt685gWDCsP-XIfGoO4CXi0aAXI2sSC40Uea88N1sxaRSuxMJZ-7)";

/// By the RSA key, named wrongly or not at all.
inline constexpr std::string_view unknown_key =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLy4uL2Rldi9udWxsIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFt)"
    R"(cGxlLmNvbSIsInN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ji1)"
    R"(d9Njwxf7tEfIbyOKY36hryAZoKrpmXqRKcwr2ZcxtAqOCBPX0kfvzu6CiPdrGYBwuLijHoMPyRq7WN3a1qECVTaNWWfzaFpa6JRa)"
    R"(u1uhfvJNSGSUK98mVLeMdK-cYfrdEjad8I8DXv4i8qnlLrJ9oM4Wt8_byl0XXKzoN19MHmtFBINb1wB-mxamkNWf9YXM_l8iJjbk)"
    R"(_TuI9aSuA5mkeZAccwPXcp0m73D9ZFfwgVODZsIA7zsC0Tzj5eWkA_lZKpJvzyPpXk3-0ghMzc-qQ_0e7eY-UEFq_ZV09o7JQnXY)"
    R"(bY5fprFATT5HJvdaab6GKchKnP9PGT6e2lXM98Q)";
inline constexpr std::string_view without_key_id =
    R"(eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6ImFsaWNlIiw)"
    R"(iYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ZD0KhvILik9m0sDG0Ro91sePqJLHPQpGaS)"
    R"(mt41bpM9P2iIaPCs_Nw424MJUBxmhQ_44gda1dOg9R1qwUWzg61mxz25bG-MrpPqdlJQWvVj3ued9H6mA2cM41A2hzrD4xXHCxtp)"
    R"(HZXhmegcpMdUSI98_xY8M3897egsP9yZjM-BULCOw9AF6ZhpEVslQPICncF1HKjEA3lLD0C2zyo9SF0ZyQpcvVYKWqMW9DLIaXi1)"
    R"(uYvHPreEF0SGZmooop1DXDfG4FbrWSPbkJ81V4RF8-R33sngnCiQ1W39JQgLnllb7gNaOKscFcv20C9T6tbDq6srueOQmtime2in)"
    R"(Fj8QbJ2Q)";

// Forged ones.
inline constexpr std::string_view other_key =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.iexKO3msE7qdcOhb9c)"
    R"(BoXvzeprBcbxOATY5Pozp3O9medSUaCuCvJ5inSH60XF_o3k6qt03OEn3FoLtA2brDeACOzfFlpfiCnkMzwE91GpZm5tG8B70OSl)"
    R"(rPpYmLEq3LDUr4TXFPh8FpC4y6iLPmy5wQnx9pZ24T8dJOhLLV9v-5agqCg__JzpfP1H9s5mVgn0m9NFXQbMYhz2cOEAOOzc3VMK)"
    R"(qV_8G-xQMn8sZmx3jbMzv-pispI1vEziKCXlxztBKrp7cE3u-dlEyEtZUPzk41Oz-8UNfJuf-LUNmUHViquqT6LOMWylCQ0kcRL5)"
    R"(C0y0f1g3CVL2fix155oN9m8g)";
inline constexpr std::string_view wrong_curve =
    R"(eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjMzg0IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.JIU3HVDzcZK77LY)"
    R"(4gNmO-CYrbFv2_76Zr26uezz-vFtVVsDYnD1iwQQ0RhclMgcIy0CzWv3XPMcjwXKmnliN3Q)";
inline constexpr std::string_view curve_as_rsa =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6ImVjMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.FUD9ZYP4VXoDMjZ)"
    R"(bxsz82svFwfYAXy-HmnMxDsDB5uCUw_qRBHCLgZdF6SIa4-P19Su2pWXp9NlYNIB66MzVQ4KwJ_sLHimacjS-wPC2dgLOB4u5f6E)"
    R"(6csJ_BvQUUv4LxqRlVo1KnUEkzJC9qtyeaU0XHJ_FZchNz_sVkCCGSMhZxSM9BqDMRDxXJ6acXRx48RSlMPydMFF9SL1YCEUveAg)"
    R"(ByLkrLQMVu42HfTu6iLgxqxrDZKL91OOxqWxnFkjdx-emDgwj3ORPTuweN_Anz8OefFDKmpMkbp3k1oQkhEi8rvNUiGyrwXtwnFr)"
    R"(DbIRs42dbEaFyHhcGlM-8zTfIcg)";
inline constexpr std::string_view rsa_as_curve =
    R"(eyJhbGciOiJFUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.RvDXOnWOTaRP5GIgje)"
    R"(fXNk6yAehLA6JtySyBkCdapNdwcDCDJ5TjdmRnxcHrgssF7B1ilbVkYU8Ghmn0WL5NFA)";
inline constexpr std::string_view alg_says_ps =
    R"(eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN)"
    R"(1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.Hx0a16Oy3FXHd2EvwU)"
    R"(on51xFmeYCnRTFVkdI8CiL8Vbwf8Q_r3Dwy0SLoPGx_FSYdNJUwv0P0roc8_67yhM4ESm9wy6hXU9ULRfhrihHuJ1XeM0bQ9oJPL)"
    R"(rHG4GxZxp0yiCp0TnSEIXx8Vcu12Rg7oJvLMApL3SYFepuDx1D8JEknfokAlcUaGxNCjM9OFApcjziPcAJUgTGHzrkmoD3gE8JpD)"
    R"(mqlEDNm7lUN57qCBs9bVbRdT4XSxR8_efHkoh8W2m3D-A6mBqMyyHOU48QCyW8Fkwrt8PApr3HY7BQd0GVco0_sEWpT7P0gL1YU3)"
    R"(c-Bx8RskYyMpGbRFYGYAH5JQ)";
inline constexpr std::string_view hs256_with_the_public_key =
    R"(eyJhbGciOiAiSFMyNTYiLCAia2lkIjogInJzYSIsICJ0eXAiOiAiSldUIn0.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS5j)"
    R"(b20iLCAic3ViIjogImFsaWNlIiwgImF1ZCI6ICJjbGllbnQiLCAiaWF0IjogMTcwMDAwMDAwMCwgImV4cCI6IDE3MDAwMDM2MDB9)"
    R"(.tZsbbVw8CseRgKRCsy9qDNsJHixP1WSJgsrZ7KyyJ-4)";
inline constexpr std::string_view key_of_its_own =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCIsImp3ayI6eyJrdHkiOiJSU0EiLCJraWQiOiJyc2EiLCJ1c2Ui)"
    R"(OiJzaWciLCJhbGciOiJSUzI1NiIsIm4iOiJzVm1YdDVWZHR6WEk5VTJ3akxTU2JuTXFPVktSZk5TTEJ5MUdwU1d1UHh4cThOREp2)"
    R"(bTlYZ0FCX3QybkdfbGQ3NGd6ZnpIU1J1Z2lSZ0l3T0s0VGJYWkVUcWI2eTVuMHhiSFl3NmZDX0owbkJ5S1BtRXNhV2VqMk9KYU1Y)"
    R"(RklCQWxRZm92eGg0TEY0RUhHaTd0dFZyZUpRZHpCU2Q3Nm83TlN2eTUxd29DcGdoaXN6d0ZqRGJaOUF2S3R4bmlyYjQzNGpoOWdm)"
    R"(LXRnbUxETlduLXNMV1RfY0RPUEs3bUlfT0VDNjluUzZEZ0NsOWRBUF9HYXZmNlU2RGlRYUpBQTg1Y3RfdEM4VmE3RWdmVUN0dDI2)"
    R"(cjl6bE1NMmJoRjRyclhSMmo5Y3ZUNWZ5Znh0UWsxTmFYSDlfdkQ0aEgyVzFzQnZBOWRtbzFPY3YyY21kcm1vcU9Gd1EiLCJlIjoi)"
    R"(QVFBQiJ9fQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0I)"
    R"(joxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.PytIjkcGAYbXfyIDGq1llUAt-_JVmud4HDxYN-HZOaoE_E8uPkFWjpY_fU_z)"
    R"(WXOxdDsU6CsQsZcJvymFoTp64LgbNqkUcvpDz8OExXh4hi86gcaVR9P75BY1QMtpQKuwNh5OUC4IwgfVND7gsx5fsiZ5UPRyNaLN)"
    R"(9JAzhe2AvOWENHyCsd0tPlg8-f3ojdKPaiAfIe3n9YiNyNRFmKfUBrufJSbvo3E8nlRp04UvM3Xo1o6wA9Qscx18B6mEDV6Vt9Z-)"
    R"(nBxcAo5h0-Tq5qiVh_BMPfGgZOaYe6Pw99bqtwq3dIMtbr1zzl8Z-24iOxGRSXYMX6dikxC--ZDtIDwXlQ)";
inline constexpr std::string_view jku =
    R"(eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6IkpXVCIsImprdSI6Imh0dHBzOi8vZXZpbC5leGFtcGxlLmNvbS9qd2tz)"
    R"(In0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAw)"
    R"(MDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ER2wQvkmom57X2hP1Ukky-LQIqgB15KX1Fbnb1AgPkQ5FgOx-pgX7np_tj9-6j04n6j)"
    R"(aazxGh1EwIq99Qd0woucSyPU5mFQ5hVPoWjUA2vxRea-gBWLLGkGOu6Q242TIrdNAQWpBd-E_omxEhpm_IvUxKhm-u2pG-QaJvqE)"
    R"(Ej5EXMG5Dy47GTckhRITQkyXqw_Yq3okbEhJBGelmGAlRjnHdLgabVlgZMrUxVOBfR85wWrtwqyED-i-HhcO4icIMyC82ge65J3W)"
    R"(cS8ZlSDmvaXoljCERmNpXqK9RYHYKrRS1Q6tsts429Zar5tWYfz57-onARt__eP73ZPFLeH1JhA)";
inline constexpr std::string_view es384_p256 =
    R"(eyJhbGciOiJFUzM4NCIsImtpZCI6ImVjMjU2IiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIs)"
    R"(InN1YiI6ImFsaWNlIiwiYXVkIjoiY2xpZW50IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.jR09r2qhWF63yxg)"
    R"(IksI5OdvSpRgd2BlxPAGR7U3UcrNXHbgKc2d8V19SA9kJGdRcGIrOFN4_aiFBL913nn9Wiw)";
inline constexpr std::pair<const char*, std::string_view> forged[] = {
    {"other_key", other_key},           {"wrong_curve", wrong_curve},
    {"curve_as_rsa", curve_as_rsa},     {"rsa_as_curve", rsa_as_curve},
    {"alg_says_ps", alg_says_ps},       {"hs256_with_the_public_key", hs256_with_the_public_key},
    {"key_of_its_own", key_of_its_own}, {"jku", jku},
    {"es384_p256", es384_p256},
};

}  // namespace iamlocal::federation::tokens
