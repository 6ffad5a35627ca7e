from django.urls import path

from updates.views import push, report

urlpatterns = [
    path("updates/push/<str:text>", push),
    path("updates/report/<str:name>", report),
]
