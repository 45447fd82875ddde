"""Which column of which table is personal, and what the privacy policy calls it.

A new column belongs into one of the two: the test of the policy fails until it does. What is
personal also belongs into the policy, or under words that are there already.
"""

# (Korean words, English words) of the shipped policy: the columns that they stand for.
NAMED = {
    ("이메일", "email address"): "user.email",
    ("이메일을 확인한 시각", "when the address was verified"): (
        "user.email_verified_at user.verify_email_by"
    ),
    ("확인할 이메일, 닉네임, 비밀번호", "address to be verified, display name, password"): (
        "email_verification.address email_verification.name email_verification.password_hash "
        "email_verification.language email_verification.next email_verification.purpose "
        "email_verification.user_id email_verification.browser_hash "
        "email_verification.confirmed_at email_verification.tries"
    ),
    ("변경하기 전 이메일", "address that was replaced"): (
        "email_change.user_id email_change.old_email email_change.expires_at"
    ),
    ("닉네임", "display name"): "user.name user.name_key",
    ("되돌릴 수 없는 값", "cannot be turned back"): "user.password_hash",
    ("가입한 시각", "time of signing up"): "user.joined_at",
    ("쓰는 언어", "language"): "user.language",
    ("이메일 알림 설정", "choice of emails"): "user.mail",
    ("프로필 공개 범위", "what your page shows"): "user.profile",
    ("마지막으로 확인한 알림", "last notification seen"): "user.notices_seen",
    ("확인하지 않은 알림의 수", "how many are unseen"): "user.unseen_notifications",
    ("누구의 어느 댓글에 관한 것인지", "the comment it is about and whose"): (
        "notification.user_id notification.kind notification.about notification.since "
        "notification.actor_id"
    ),
    ("생긴 시각과 확인한 시각", "when it was made and seen"): (
        "notification.made_at notification.seen_at"
    ),
    ("다른 시스템에 알린 변경", "a change that other systems are told of"): (
        "webhook_event.type webhook_event.at webhook_event.comment_id webhook_event.user_id"
    ),
    ("종류별 메일 설정", "choice of emails for each kind"): (
        "notification_preference.user_id notification_preference.kind "
        "notification_preference.frequency"
    ),
    ("탈퇴한 날", "day of leaving"): "user.left_on",
    ("회원 번호", "member number"): "user.id",
    ("브라우저와 운영체제의 이름", "name of the browser"): "session.device",
    ("로그인한 시각", "time of signing in"): (
        "session.started_at session.second_factor_at session.password_at"
    ),
    ("마지막으로 이용한 날", "day of last use"): "session.seen_on",
    ("운영진은 시각까지", "for staff also the time"): "session.seen_at",
    ("로그인 만료 시각", "time of expiry"): "session.expires_at",
    ("로그인과 기기의 식별값", "sessions and devices only as hashes"): (
        "session.token_hash session.user_id"
    ),
    ("기기의 식별값", "identifiers (hashes) of devices"): (
        "device.token_hash device.user_id device.made_at"
    ),
    ("패스키의 공개키와 식별값, 이름", "public key and identifiers, its name"): (
        "passkey.user_id passkey.credential_id passkey.user_handle passkey.public_key "
        "passkey.sign_count passkey.name passkey.is_synced passkey.made_at passkey.used_on"
    ),
    ("토큰의 이름과 허용한 일", "its name, what it may do"): (
        "personal_token.user_id personal_token.token_hash personal_token.name "
        "personal_token.scope personal_token.made_at personal_token.expires_at "
        "personal_token.used_on"
    ),
    ("이 사이트에만 알려 주는 회원 식별값", "an identifier from there that means you"): (
        "identity.issuer identity.subject identity.user_id identity.linked_at identity.used_on "
        "kakao_unlink.subject kakao_unlink.made_at"
    ),
    ("요청한 브라우저의 식별값(해시값), 돌아올 화면", "the page to go back to"): (
        "oauth_state.browser_hash oauth_state.issuer oauth_state.link_to_id oauth_state.subject "
        "oauth_state.next"
    ),
    ("네트워크와 이메일의 해시값", "hashes of the network and the email address"): (
        "attempt.for_account attempt.from_network attempt.made_at"
    ),
    ("댓글과 답글", "comments and replies"): (
        "comment.author_id comment.body comment.html comment.root_id comment.parent_id comment.key"
    ),
    ("수정하기 전 내용", "earlier versions"): "revision.text revision.written_at",
    ("쓰고 고친 시각", "written and edited"): (
        "comment.posted_at comment.edited_at comment.deleted_at"
    ),
    ("같은 글을 가려내는 해시값", "recognises the same text"): "comment.text_hash",
    ("공감과 비공감", "likes and dislikes"): (
        "reaction.comment_id reaction.user_id reaction.choice reaction.made_at"
    ),
    ("편집국 추천에 오른 시각", "when a comment was featured"): "comment.featured_at",
    ("공감한 시각", "times of reactions"): "reaction_act.user_id reaction_act.made_at",
    ("차단한 이용자", "people you block"): "mute.user_id mute.muted_id mute.at",
    ("비슷한 댓글의 반복을 찾기 위한 값", "finding near-duplicates"): (
        "comment_likeness.comment_id comment_likeness.mark comment_likeness.posted_at "
        "comment_likeness_key.comment_id comment_likeness_key.key"
    ),
    ("댓글 신고의 사유와 메모", "note of a report"): (
        "report.comment_id report.reporter_id report.reason report.note report.weight "
        "report.by_young report.made_at"
    ),
    ("신고 결과", "its outcome"): "report.ruling_id report.upheld",
    ("댓글이 보류된 이유", "why a comment was held"): (
        "comment.held_for queue_item.author_id queue_item.reason queue_item.why queue_item.since"
    ),
    ("금칙어 적발 위치", "where a listed word was found"): (
        "rule_hit.comment_id rule_hit.start rule_hit.end rule_hit.value rule_hit.made_at "
        "rule_trial.sample"
    ),
    ("숨김과 복원·경고·이용 제한의 사유", "reasons and times of hiding"): (
        "comment.hidden_for comment.hidden_note user.suspended_until user.suspended_for "
        "user.held_until ruling.about_id ruling.comment_id ruling.reason ruling.note ruling.until "
        "ruling.detail ruling.made_at ban_proposal.user_ids ban_proposal.reason ban_proposal.note "
        "clearing.user_id clearing.ruling_id clearing.sanction_id clearing.sanction_stays "
        "clearing.since clearing.hidden_before"
    ),
    ("경고를 확인한 시각", "warning was confirmed"): (
        "caution.ruling_id caution.user_id caution.acknowledged_at"
    ),
    ("이의신청의 내용과 결과", "appeals and their outcome"): (
        "appeal.ruling_id appeal.text appeal.made_at appeal.decided_at appeal.upheld "
        "appeal.outcome_id appeal.seen_at"
    ),
    ("운영자가 회원에 관해 남긴 메모", "notes about a member"): (
        "person_note.user_id person_note.author_id person_note.text person_note.made_at"
    ),
    ("재게시 차단 기록", "blocked from reposting"): (
        "barred_text.case barred_text.mark barred_text.comment_id barred_key.key"
    ),
    ("신청인의 이름과 연락처", "claimant’s name and contact details"): (
        "rights_claimant.claim_id rights_claimant.name rights_claimant.contact "
        "rights_claimant.language"
    ),
    ("신고한 문장과 침해 내용", "wording complained of and the infringement"): (
        "rights_claim.receipt rights_claim.secret_hash rights_claim.comment_id rights_claim.kind "
        "rights_claim.sentence rights_claim.text rights_claim.wish rights_claim.requester "
        "rights_claim.made_at"
    ),
    ("반박문", "the response"): "rights_claim.rebuttal",
    ("신분을 확인하는 자료", "proof of identity"): (
        "rights_evidence.claim_id rights_evidence.kind rights_evidence.name "
        "rights_evidence.media_type rights_evidence.size rights_evidence.sha256 "
        "rights_evidence.key rights_evidence.file rights_evidence.made_at"
    ),
    ("처리 과정", "the steps"): (
        "rights_claim.state rights_claim.says rights_claim.answered_at rights_claim.blocked_at "
        "rights_claim.until rights_claim.ended_at rights_step.state rights_step.basis "
        "rights_step.claim_id rights_step.says rights_step.made_at rights_step.told_at"
    ),
    ("따로 적은 연락처", "contact details that a member names"): (
        "notice_channel.user_id notice_channel.contact notice_channel.made_at"
    ),
    ("받는 이메일, 언어, 알림의 종류", "recipient’s address, language, kind"): (
        "letter.user_id letter.address letter.language letter.kind letter.about"
    ),
    ("보낸 시각과 시도 횟수", "when it was sent and how many tries"): (
        "letter.made_at letter.due_at letter.tries letter.sent_at"
    ),
    ("이용자 정보를 요청한 기관과 문서 번호", "the authority that asked for user data"): (
        "disclosure.body disclosure.number disclosure.kind disclosure.received_at"
    ),
    ("요청 사유", "the reason, the member"): "disclosure.why disclosure.relation disclosure.asked",
    ("대상 회원, 제공한 항목, 알린 시각", "what was disclosed and when they were notified"): (
        "disclosure.user_id disclosure.given disclosure.tell_at disclosure.told_at "
        "disclosure.says disclosure.outcome"
    ),
    ("삭제 명령·요청을 한 기관과 문서 번호, 대상 댓글", "the authority behind an order"): (
        "authority_order.body authority_order.number authority_order.items authority_order.says "
        "order_target.order_id order_target.comment_id order_target.ruling_id"
    ),
    (
        "권한(운영, 책임 운영, 법무, 편집, 제보 열람, 인사)",
        "permissions (moderating, senior moderating, legal matters, editing, reading tips, "
        "appointing)",
    ): (
        "user.can_moderate user.can_supervise user.can_handle_legal user.can_edit "
        "user.can_read_tips user.can_appoint"
    ),
    ("그 제안(대상 회원이나 초대한 이메일, 이유)", "their proposals (the member or the address"): (
        "role_grant.capability role_grant.user_id role_grant.address role_grant.why "
        "role_grant.proposed_by role_grant.seconded_by role_grant.state role_grant.made_at"
    ),
    ("긴급 정지가 끝나는 시각", "when a freeze of them ends"): "user.frozen_until",
    ("공개 기록에 쓰는 운영자 번호", "number of a moderator in the public log"): (
        "user.moderator_number user.acts_by_number"
    ),
    ("이름 옆 배지", "badge beside the name"): "user.label",
    ("작성자로 지정된 기사", "articles an account is named the author of"): (
        "article_author.article_id article_author.user_id"
    ),
    ("운영 알림의 선택", "choice of alerts"): (
        "alert_subscription.user_id alert_subscription.kind alert_subscription.frequency"
    ),
    ("2단계 인증의 비밀값", "secret of the two-step verification"): (
        "second_factor.user_id second_factor.sealed second_factor.last_step second_factor.wrong "
        "second_factor.enrolled_on"
    ),
    ("복구 코드", "backup codes"): "recovery_code.user_id recovery_code.hash",
    ("누가 언제 무엇을 결정하거나 열람했는지", "who decided or opened what, and when"): (
        "ruling.moderator_id rights_step.by_id authority_order.made_by authority_order.made_at "
        "authority_order.answered_by authority_order.answered_at disclosure.made_by "
        "disclosure.made_at disclosure.answered_by disclosure.answered_at barred_text.made_by "
        "barred_text.made_at barred_text.ended_at ban_proposal.proposed_by ban_proposal.made_at "
        "ban_proposal.decided_by ban_proposal.decided_at ban_proposal.approved "
        "queue_item.taken_by queue_item.taken_at rule.made_by rule.made_at rule_trial.made_by "
        "rule_trial.made_at allowed_word.made_by allowed_word.made_at steering.made_by "
        "steering.made_at steering.ended_by surge.acknowledged_by surge.acknowledged_at "
        "second_factor_act.act second_factor_act.user_id second_factor_act.made_at "
        "staff_log.act staff_log.capability staff_log.by_id staff_log.about_id staff_log.made_at"
    ),
    ("열쇠와 담당자 명단", "keys and roster of tip readers"): (
        "tip_holder.user_id tip_holder.public tip_holder.wrapped tip_holder.wrapped_recovery "
        "tip_holder.salt tip_holder.verifier tip_holder.export_to tip_holder.has_news "
        "tip_mail_key.holder_id tip_mail_key.certificate tip_mail_key.asked tip_mail_key.tries "
        "tip_mail_key.made_on tip_roster.body tip_roster.signer_id tip_roster.signature "
        "tip_removal.reader_id tip_removal.asked_by_id tip_removal.made_on "
        "tip_unlocked.token_hash tip_unlocked.holder_id tip_unlocked.sealed tip_unlocked.made_on"
    ),
    ("기사에 적는 기자 이름", "names on articles"): "article.byline",
    ("제보와 답장의 내용", "Text of tips and answers"): (
        "tip_item.tip_id tip_item.sealed tip_item.file tip_gist.tip_id tip_gist.holder_id "
        "tip_gist.sealed tip_ticket.token_hash tip_ticket.sealed tip_ticket.made_on"
    ),
    ("제보를 받은 날과 마지막으로 오간 날", "The day a tip came"): (
        "tip.received_on tip.active_on tip.read_on tip.promised_on tip.held_until "
        "tip.erasure_asked_on"
    ),
    ("처리 상태, 담당자", "who looks after it"): "tip.state tip.awaits_reader tip.assignee_id",
    ("글의 수와 대략의 크기", "number and rough size"): (
        "tip.last_number tip_item.number tip_item.kind tip_item.purpose"
    ),
    ("담당자가 열어 본 기록", "which tip readers opened it"): (
        "tip_log.act tip_log.tip_id tip_log.user_id tip_log.about_id tip_log.made_on "
        "tip_read_mark.tip_id tip_read_mark.holder_id tip_read_mark.upto"
    ),
    ("삭제한 날과 사유", "the day and the reason"): (
        "tip_erasure.made_on tip_erasure.reason tip_erasure.user_id"
    ),
    ("코드의 식별값", "an identifier of the code"): (
        "tip_holder.tag tip_holder.visits tip_erased_code.tag tip_erased_code.forget_on"
    ),
}  # fmt: skip

# By table, the columns that say nothing about a person: numbers of rows, articles and rules,
# totals, generations of keys, hashes that chain a log.
NOT_PERSONAL = {
    "alert_subscription": "told_until",
    "alert_webhook": "id told_until claimed_until failures",
    "allowed_word": "id text",
    "article": (
        "id slug canonical_url title subtitle_lines section summary body_html image image_alt "
        "published_at edited_at closed_at closed_for comment_count featured_count revision "
        "erase_at erased_at planned_at state site_id external_id"
    ),
    "article_key": "hash article_id",
    "attempt": "id",
    "authority_order": "deadline_at id kind received_at outcome",
    "ban_proposal": "id",
    "barred_key": "barred_id exact",
    "barred_text": "id",
    "clearing": ("after_id hidden last_comment_id position restored stage stage_since total"),
    "comment": "id article_id listed reply_count like_count dislike_count rank",
    "device": "id",
    "email_change": "id",
    "email_domain_pause": "domain until",
    "email_verification": "id nonce sends sent_at expires_at",
    "disclosure": "id",
    "kakao_unlink": "due_at",
    "lease": "name holder until",
    "letter": "id rank",
    "notification": "id mailed_as",
    "oauth_state": "state_hash expires_at",
    "personal_token": "id",
    "passkey": "id rp_id",
    "person_note": "id",
    "provider_document": "url body fetched_at tried_at",
    "pulse": "slot article_id comments votes reports",
    "queue_item": "comment_id queue article_id",
    "reaction_act": "id",
    "revision": "id comment_id",
    "role_grant": "id expires_at reset_at",
    "rights_claim": "id",
    "rights_evidence": "id",
    "rights_step": "id ruling_id",
    "rule": "id kind text action state category severity disguised threshold note",
    "rule_change": "ruling_id rule_id",
    "rule_edition": "id number",
    "rule_hit": "id rule_id shadow",
    "rule_trial": (
        "id rule_id kind text action category disguised note since reached looked found hidden "
        "is_done"
    ),
    "ruling": "id verdict article_id undoes_id hash",
    "second_factor_act": "id hash",
    "session": "id",
    "site": "id key name language host_words parameter_words revision",
    "site_origin": "id site_id origin",
    "staff_log": "id grant_id hash",
    "steering": (
        "id article_id sections measures seconds reason starts_at ends_at noted_at ended_at"
    ),
    "surge": "id article_id began_at counts ended_at note steering_id",
    "task_run": "name started_at succeeded_at problem",
    "tip": "id ref epoch must_rotate",
    "tip_erasure": "id",
    "tip_gist": "upto",
    "tip_grant": "key_id holder_id sealed",
    "tip_holder": "id kind",
    "tip_item": "id epoch",
    "tip_key": "id tip_id purpose epoch",
    "tip_log": "id hash",
    "tip_mail_key": "id",
    "tip_pepper": "id digest",
    "tip_roster": "id",
    "used_token": "hash expires_at",
    "webhook": (
        "id url with_text is_on off_for secret old_secret rotated_at failing_since succeeded_at "
        "made_at"
    ),
    "webhook_attempt": "id delivery_id at status milliseconds answer",
    "webhook_delivery": "id event_id webhook_id due_at tries delivered_at",
    "webhook_event": "id message_id webhook_id is_queued",
    "user": "revision",
}
