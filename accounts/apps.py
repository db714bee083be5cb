from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import password_changed, password_reset, password_set
        from allauth.mfa.models import Authenticator
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import pre_save

        from accounts.offers import keep_offer
        from accounts.second_step import begin_spent, remember_set_up
        from accounts.sessions import remember_sign_in, sign_out_elsewhere

        authenticator_added.connect(remember_set_up)
        pre_save.connect(begin_spent, sender=Authenticator)
        user_logged_in.connect(remember_sign_in)
        user_logged_in.connect(keep_offer)
        for signal in (password_changed, password_reset, password_set):
            signal.connect(sign_out_elsewhere)
