// Public keys and what they signed, the text "signed text", in base64; made by Python's cryptography.
#pragma once

#include <string_view>

namespace iamlocal::vectors {

inline constexpr std::string_view modulus =
    "25amNL7ycPVeJm/qt4/aQiYCVjAxd8glcpHzYlwyc8VE+Q5SXZnYvN2+6c97d5VkCxljvSsk8W5an7/z3oWTFiF52mDEaTAb4Hnl"
    "hLV9iYvBsVoXv2q0gFNlF+8cGahwafh72Tl6NhQU+bx+KlELgCSvZYd/U3Hd/elQ8yvvOmKQZP1wotI8jODVAozTqp9M1kZTYwwz"
    "4fT0NbdJCW01LGtgTbwUvyXHjjVEXWMV/Z7CZd9nKfTVzjuhjdBVMMs+v2hSFT02Dqt/EwyQFVp7ftb6YI8RQa7WrEedg39uWA5m"
    "0aGYpZ8OK5NGHcALjzI1A5YIXIpTqXW1cxHdEgxqhw==";
inline constexpr std::string_view rs256 =
    "S/08AVKMovXce2sArEOMHZZVrXgYF76ciTZR87cbwMWSlF19ZvoYb6wXRX6W/l7yTKzZCBIQxnrRM6H4ZkV7Von77JglGvh5nN/o"
    "WDH2E/lwx4b8P1miACpSMqdonDPwV7du3sKD/N/IFuUAckoZ32Q72rcd2UJaxxih0rmR4ZIdJtiLqUBsLAJjru+kWk263WqaPNID"
    "4jcv5SuZjSPeO1UMI9S7boAl5F/wABZUnLvUxSkL/jUyCPZKzfGz37ZLuMbuXZmtmi4MfLgOmBS/T3TRgTOKiw4IIZryamDG1c5Y"
    "9VGUGamOFQftTx+I1NFF3E58ahsM1vtnRGV+m9KS0w==";
inline constexpr std::string_view rs384 =
    "ZMyN/NkvoopzKYCEoxLoxe0wP1JG5Pbhlh1TS2iA7Oh2PK1CCFdxpuhnwccsiyOyI4QRwckgm3ShPI/khwKmt6CJVsEl2tpnr0Cw"
    "Ls3VcQ7gr2zg9jCQJYcPqWEu1Oclss3BzJVkSMxDsxmtx/47jVMU0xDn8ks1j3PUOPdO18HRrRZP3uoqwEBB/p19+lL14dAa05bW"
    "bhHpN60P0YxtOEg+eQCh1nwQXjPF7Pv8+JDxM5+Dg7vngzuzt5HHvUmaRJAaW5hqM74q+04gHpQ5G8bNxnlB/kD6J86FNWZXIY59"
    "UjHvROqwlPO6qJAuR/dZPLMB5dUJHFahwEENTlQ8fg==";
inline constexpr std::string_view rs512 =
    "x8oxBvzw60QVU0yUK8ivwmiabeXQgWBqsYYbTsSHRk3XmzyFy3jdcvnFcU5YcWcdxecG7swAN8KSpNfweMx4HHkxHpnxf2b7ih9D"
    "HLuM5FIXYPKEUHj9T5qTs9o0jP/7Fy95lxYibQwV/SrN15GDJPkzlKqij+rjpGYSeqRxdr13Z+kpTclunMQI+rGcHFePJuQ+aGP3"
    "Ogx150gRiW6kCqlfqzwAMLePbsI6sJmo4aHx9p0EXJXQ+JvnHoSdmfVLH3MqhhOE4aqOc3aEYsFTpSNrUyRH44Y5UsSbDfAFYG/+"
    "4cnAmMgkTZrM4n+re4hHEvtkJJPQnp7jRHu92cAl5Q==";
inline constexpr std::string_view ps256 =
    "Y6Oztr2R+IVpja54NjxTgnLo03wEI6HW6oI9ni4MFvv/BZxKEyCVNsUVi7emYhkN8HbhMiJ4iBGoBYHT70BqphPwbTqu4RDpk108"
    "O+vItC18vEGym61bv7DWSGmUv0WpK2Sgbn5yWfVDQZSEADkWIi9k1Bz4JERohLzN4Gdyv0CQWjS58qaw1Kw27I8uXxByHZQTbot1"
    "FvcXrbWDg4VTaXzBzSfsDo5NFrkiyDRTml0NTeOIrvP1+EH4VnbnOEv8twi4sMZbiL+fBwdj7RGbvnu+xSOPaQ5b2l71jqBuOD2u"
    "eoB/x7T6MKeHoLsaFaqaQB4lWpJ4/vHTs92edu8P1Q==";
inline constexpr std::string_view ps384 =
    "cv9KVplJEqWYY9UfaXBmAUBdj6WuJddZe0urvzTsT/uu42eanH6XT9sqVlwuLbMq1W6vQFuve4cwuIZ+FnOTUGN1+GGJPgT2vU/h"
    "6ArvNv2xKzC0nDQYADZozomnpklShHJnPOGwFq04V1S+00Cb5dUzeqSzkajoz/dAyZhyM9CCaF6qSZYsFQgZotvG1nHLtsoDXLZl"
    "3iFQnSz4dTbo+quoPUDek62LdleGUPnnxhLQQDdMnqTEryUIgEUsouQfpcbJXNd5dhr05gOvIyT/zP777xHdEZwkc6tl1FP4rmj4"
    "tlZVCZcu0PY34lztfNr8/syn9wp39lY/vWWwsaGk7A==";
inline constexpr std::string_view ps512 =
    "l+StfLgJfQZZaTCcxM0jseCGDnVV5BPdzdJmuENSd24mb2r5STQVeCvbuPFUnpuKqB0ywKMr6+hW/TE5U/EaMD4bAo3LQ3gIAZBN"
    "u5r5iU92wShgYzxvqwnvEdHD+Qg60lNfUcpVzt+Nq5KWLzbEShN+ENQGrT+IQCE/v3cesdQIc2vD6475C3x40M2VJuJzlWBe8TAb"
    "5zHNX2DYVpLnXpE+qeEIf6vd981a0abTbhfgrNVCGhhhmkD6mSYZ9rwjCRLtsaqhhXmVdbQpbwKUTiYMuQkF70B6IguQIYX4ex4k"
    "HSucfojwLoWD8IUEJlvkUhboRmJD2zpL4XxRRHtnfg==";
inline constexpr std::string_view x256 = "+n5OSCY5P5AMYTV2wynHEcvL3ltuTS04eNk8gGYuLe4=";
inline constexpr std::string_view y256 = "GNoRE3LABdAhyIN1hrjkCn4pgYRfoX1n5DKsxrO7jjA=";
inline constexpr std::string_view es256 =
    "2gWyTCIMWY5nILQLZ72X4xfscn1kC0mU4zS6ym2ZAseVQMN+m738/VsJj7rXUN9nA9poEug9uNAmD0ka7XJcWg==";
inline constexpr std::string_view x384 = "6Ni5vM0XICwlw2W8evnTY5RX0hbS+Sl8eAHTajFEODjUmFX2mRbyLWTHAZyv87X5";
inline constexpr std::string_view y384 = "SJ7BJRqq76Jl1WiqTLwTQOCztV65d8LAJl5azFfFuu+Zgcn0JM8146otR2bxxuuG";
inline constexpr std::string_view es384 =
    "e4gAU0OD2P4SS8lpQ+M0EBti3pm4EIHy+CsfD9jMk9aVh6uQ2mb5KypQIFH9PZtDfCtpvTzyfIJ9f/x4R+0R4J8JOBw+WK/nKltz"
    "vCiYM42+Gsc6DEr65Uv7w16gMy/S";
inline constexpr std::string_view x512 =
    "AcFiiTr0jeLYjfrXWP3r/fT6IY5geNrQ8IpJ6PNY8lWawrLh3CcudmHfMAKf1ZPN1uwrHG39KKGQ0Xswo8SPY1jz";
inline constexpr std::string_view y512 =
    "AG7fuTYDGGKSvzJVOzyx4helT+MKiiLjl55QMCalR0vOAdHdKJ99HayA1Vxww1DXvcXGoxfYHqchLdMu9T3oUXmP";
inline constexpr std::string_view es512 =
    "ATnJnt3vXavDtcYefZvmLJr1yhiI+zFuQ+1GkqnXps8+sIDZa7rB6j2pua53K/yEs0UAYo+PeXukvk2wgrAkOq/cABKsu2ivfybB"
    "ZfYYBXWhoq8uwNEcAlSmsTOW4pbfv0cG/iKqgfND5U8Ra4RLwuig+rKzv43DzCsKF3WbfgxCb3zT";

}  // namespace iamlocal::vectors
