"""Sign-in with an account elsewhere: Kakao, Naver, Google, Apple, and the newsroom's own OIDC."""
