"""Korean surnames of one syllable: those that nearly all Koreans have."""

SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민진나지엄채원천방공"
    "현함변염여추도소석선설"
)
