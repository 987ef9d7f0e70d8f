"""Asks every page and export that shows the table; says each status. Run by manage.py shell."""

import json
import sys

from django.test import Client

from accounts.models import User
from obligations.models import ListItem, Obligation, ResponsibilityList

client = Client(headers={"accept-language": "zh-hans", "host": "127.0.0.1"})
client.force_login(User.objects.get(), backend="accounts.signin.Backend")
home, item = ResponsibilityList.objects.get(), ListItem.objects.first()
addresses = (
    "/",
    "/lists/",
    f"/lists/{home.pk}/",
    f"/items/{item.pk}/",
    f"/obligations/?kind={home.kind}",
    f"/obligations/{Obligation.objects.first().pk}/",
    f"/obligations/export.xlsx?kind={home.kind}",
    "/imports/new/",
)
answers = {address: client.get(address) for address in addresses}
said = {address: answer.status_code for address, answer in answers.items()}
shown = answers[f"/items/{item.pk}/"].content.decode()
said["cells"] = all(text in shown for text in ("工作任务", "责任单位", "市直相关部门"))
sys.stdout.write(json.dumps(said) + "\n")
