from django.urls import path, re_path

from accounts import leaving, links, passkeys, views

urlpatterns = [
    path("claim/", views.claim, name="claim_guest"),
    path("sessions/", views.signed_in, name="signed_in"),
    path("name/", views.change_name, name="change_name"),
    # In the place of allauth's.
    path("logout/", leaving.SignOut.as_view(), name="account_logout"),
    path("2fa/webauthn/login/", passkeys.SignInWithPasskey.as_view(), name="mfa_login_webauthn"),
    path("password/reset/", links.ForgottenPassword.as_view(), name="account_reset_password"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        links.ConfirmLink.as_view(),
        name="account_confirm_email",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        links.NewPasswordLink.as_view(),
        name="account_reset_password_from_key",
    ),
]
